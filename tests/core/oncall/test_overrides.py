"""Overrides: precedence where they overlap, and replacement of one person (E26)."""

from datetime import date, time

from gateway.core.oncall.rota import (
    Handover,
    Layer,
    Override,
    Restriction,
    Rota,
    explain,
)
from gateway.core.oncall.without_effect import idle_overrides
from tests.core.rota_times import at, table
from tests.core.turns import one_each

# ana from Monday the 5th, ben from Monday the 12th, at 09:00 each.
WEEKLY = Layer(one_each(("ana", "ben")), 1, "week", Handover(time(9), 0), date(2026, 1, 5))
LONG = ("2026-01-05T09:00", "2026-01-19T09:00")


def override(
    member: str | None, start: str, end: str, replaces: str | None = None, beside: bool = False
) -> Override:
    """Return an override in January 2026."""
    return Override(member, at(f"2026-01-{start}"), at(f"2026-01-{end}"), replaces, beside)


def rota(*overrides: Override, below: tuple[Layer, ...] = ()) -> Rota:
    """Return the weekly rota with these overrides."""
    return Rota("billing", "UTC", (*below, WEEKLY), overrides)


def lines(rota: Rota, start: str = LONG[0], end: str = LONG[1]) -> list[str]:
    """Return the table without year, month and offset."""
    return [line[8:16] + line[22:] for line in table(rota, start, end)]


def test_override_wins_over_layers_until_its_end() -> None:
    """E26: After the override the person of the shift is on call again."""
    assert lines(rota(override("cho", "07T10:00", "08T12:30"))) == [
        "05 09:00 ana, layer 1",
        "07 10:00 cho, override 1",
        "08 12:30 ana, layer 1",
        "12 09:00 ben, layer 1",
    ]


def test_override_across_a_handover_replaces_the_named_person_only() -> None:
    """E26: Cho replaces Ana, and Ana's shift still ends on Monday."""
    assert lines(rota(override("cho", "10T00:00", "15T00:00", replaces="ana"))) == [
        "05 09:00 ana, layer 1",
        "10 00:00 cho, override 1",
        "12 09:00 ben, layer 1",
    ]


def test_last_declared_of_two_overlapping_overrides_wins() -> None:
    """E26: The last one wins also if both start at the same instant."""
    first = override("cho", "07T00:00", "08T00:00")
    assert lines(rota(first, override("dee", "07T12:00", "09T00:00")))[1:4] == [
        "07 00:00 cho, override 1",
        "07 12:00 dee, override 2",
        "09 00:00 ana, layer 1",
    ]
    assert lines(rota(first, override("dee", "07T00:00", "07T12:00")))[1:4] == [
        "07 00:00 dee, override 2",
        "07 12:00 cho, override 1",
        "08 00:00 ana, layer 1",
    ]
    assert lines(rota(override("dee", "07T00:00", "07T12:00"), first))[1:3] == [
        "07 00:00 cho, override 2",
        "08 00:00 ana, layer 1",
    ]


def test_last_declared_override_wins_with_or_without_a_name() -> None:
    """E26: Naming the replaced person makes an override neither stronger nor weaker."""
    taking = override("cho", "07T00:00", "08T00:00")
    replacing = override("dee", "07T00:00", "08T00:00", replaces="ana")
    other = override("eli", "07T00:00", "08T00:00", replaces="ana")
    for declared, winner in (
        ((taking, replacing), "dee"),
        ((replacing, taking), "cho"),
        ((replacing, other), "eli"),
        ((other, replacing), "dee"),
    ):
        assert lines(rota(*declared))[1:3] == [
            f"07 00:00 {winner}, override 2",
            "08 00:00 ana, layer 1",
        ]


def test_adjacent_overrides_have_no_gap() -> None:
    """E26: The end is excluded, so the next may start at that instant."""
    touching = rota(
        override("cho", "07T00:00", "08T00:00"), override("dee", "08T00:00", "09T00:00")
    )
    assert lines(touching)[1:4] == [
        "07 00:00 cho, override 1",
        "08 00:00 dee, override 2",
        "09 00:00 ana, layer 1",
    ]
    assert explain(touching, at("2026-01-07T12:00")).next_people == ("dee",)


def test_swap_of_two_overrides_works_in_either_order() -> None:
    """E26: Both replace the people of the layers, not those of the other override."""
    there = override("ben", "05T09:00", "19T09:00", replaces="ana")
    back = override("ana", "05T09:00", "19T09:00", replaces="ben")
    for swapped in (rota(there, back), rota(back, there)):
        assert [line[:12] for line in lines(swapped)] == ["05 09:00 ben", "12 09:00 ana"]


def test_override_of_a_person_not_on_call_is_idle() -> None:
    """E26: An override that replaces nobody has no effect and is reported."""
    idle = rota(
        override("cho", "07T00:00", "08T00:00", replaces="dee"),
        override("cho", "13T00:00", "14T00:00", replaces="ana"),
        override("cho", "07T00:00", "08T00:00"),
    )
    assert lines(idle)[1] == "07 00:00 cho, override 3"
    assert idle_overrides(idle) == [0, 1]


def test_absence_reveals_the_earlier_layer() -> None:
    """E26: Without an earlier layer an absence is a gap."""
    away = override(None, "07T00:00", "08T00:00", replaces="ana")
    assert lines(rota(away))[1] == "07 00:00 nobody, no layer"
    beneath = Layer(one_each(("eli",)), 1, "week", Handover(time(9)), date(2026, 1, 1))
    assert lines(rota(away, below=(beneath,)))[:3] == [
        "05 09:00 ana, layer 2",
        "07 00:00 eli, layer 1",
        "08 00:00 ana, layer 2",
    ]


def test_override_by_nobody_is_a_gap_that_names_it() -> None:
    """E26: An override without a member and a replaced person empties the rota."""
    nobody = override(None, "07T00:00", "08T00:00")
    helper = override("cho", "06T00:00", "09T00:00", beside=True)
    assert lines(rota(helper, nobody))[1:4] == [
        "06 00:00 ana+cho, layer 1",
        "07 00:00 nobody, override 2",
        "08 00:00 ana+cho, layer 1",
    ]
    assert lines(rota(nobody, helper))[2] == "07 00:00 cho, override 2"


def test_beside_override_adds_a_person_once() -> None:
    """E26: A person who is on call anyway is not added twice."""
    added = rota(
        override("cho", "07T00:00", "14T00:00", beside=True),
        override("ben", "11T00:00", "13T00:00", beside=True),
    )
    assert lines(added) == [
        "05 09:00 ana, layer 1",
        "07 00:00 ana+cho, layer 1",
        "11 00:00 ana+cho+ben, layer 1",
        "12 09:00 ben+cho, layer 1",
        "14 00:00 ben, layer 1",
    ]


def test_later_layer_wins_within_its_hours() -> None:
    """E26: The last layer wins within its restrictions, from its start on."""
    office = (Restriction((2,), time(9), time(17)),)
    wednesdays = Layer(one_each(("dee",)), 1, "week", Handover(time(0)), date(2026, 1, 8), office)
    both = Rota("billing", "UTC", (WEEKLY, wednesdays))
    assert lines(both) == [
        "05 09:00 ana, layer 1",
        "12 09:00 ben, layer 1",
        "14 09:00 dee, layer 2",
        "14 17:00 ben, layer 1",
    ]
