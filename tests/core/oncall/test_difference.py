"""The difference of two schedules, stretch by stretch."""

from datetime import date, time

from hypothesis import given

from gateway.core.oncall.difference import Difference, differences
from gateway.core.oncall.rota import Handover, Layer, Rota, on_call
from tests.core.random_rotas import DAY, rotas, without_deadline
from tests.core.rota_times import at
from tests.core.turns import one_each

START, END = at("2026-01-05T09:00"), at("2026-01-26T09:00")


def weekly(*members: str) -> Rota:
    """Return a rota of weeks from Monday, 5 January."""
    layer = Layer(one_each(members), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
    return Rota("billing", "UTC", (layer,))


def test_differences_are_the_stretches_with_other_people() -> None:
    """Ana keeps her week; the two others change theirs."""
    before, after = weekly("ana", "ben", "cho"), weekly("ana", "cho", "ben")
    assert differences(before, after, START, END) == [
        Difference(START + 7 * DAY, START + 14 * DAY, ("ben",), ("cho",)),
        Difference(START + 14 * DAY, END, ("cho",), ("ben",)),
    ]
    assert differences(before, before, START, END) == []


def test_rota_that_appears_or_disappears_differs_throughout() -> None:
    """A missing rota has nobody on call."""
    alone = weekly("ana")
    assert differences(None, alone, START, END) == [Difference(START, END, (), ("ana",))]
    assert differences(alone, None, START, END) == [Difference(START, END, ("ana",), ())]


@without_deadline
@given(rotas(), rotas())
def test_differences_equal_an_instant_by_instant_comparison(
    one: tuple[Rota, float], other: tuple[Rota, float]
) -> None:
    """Inside a difference the people differ as it says, outside they are the same."""
    (before, midnight), (after, _) = one, other
    start, end = midnight - 2 * DAY, midnight + 2 * DAY
    result = differences(before, after, start, end)
    for step in range(96):
        t = start + step * 3600.0
        covering = [d for d in result if d.start <= t < d.end]
        people = on_call(before, t), on_call(after, t)
        if set(people[0]) == set(people[1]):
            assert covering == []
        else:
            assert [(d.before, d.after) for d in covering] == [people]
