"""Turns of several people and of nobody, and layers with an end."""

from datetime import date, datetime, time

import pytest

from gateway.core.oncall.rota import Handover, Layer, Override, Rota, gaps, on_call
from tests.core.rota_times import at, table
from tests.core.turns import one_each

MONDAY = Handover(time(9), 0)
START = date(2026, 1, 5)


def lines(*layers: Layer, overrides: tuple[Override, ...] = ()) -> list[str]:
    """Return the schedule of three weeks, without year and offset."""
    rota = Rota("billing", "UTC", layers, overrides)
    return [line[5:16] + line[22:] for line in table(rota, "2026-01-05T09:00", "2026-01-26T09:00")]


def test_turn_of_several_puts_all_of_them_on_call() -> None:
    """People of one turn are on call together, in the order of the file."""
    layer = Layer((("ben", "ana"), ("cho",)), 1, "week", MONDAY, START)
    assert lines(layer) == [
        "01-05 09:00 ben+ana, layer 1",
        "01-12 09:00 cho, layer 1",
        "01-19 09:00 ben+ana, layer 1",
    ]


def test_override_replaces_one_person_of_a_turn() -> None:
    """The other person of the turn stays; with both away the turn is nobody's."""
    layer = Layer((("ana", "ben"),), 1, "week", MONDAY, START)
    one = Override("cho", at("2026-01-06"), at("2026-01-07"), "ana")
    away = Override(None, at("2026-01-08"), at("2026-01-10"), "ben")
    both = Override(None, at("2026-01-09"), at("2026-01-10"), "ana")
    assert lines(layer, overrides=(one, away, both))[1:6] == [
        "01-06 00:00 cho+ben, override 1",
        "01-07 00:00 ana+ben, layer 1",
        "01-08 00:00 ana, layer 1",
        "01-09 00:00 nobody, no layer",
        "01-10 00:00 ana+ben, layer 1",
    ]


def test_empty_turn_is_a_gap_or_shows_the_earlier_layer() -> None:
    """In a turn of nobody the layer does not apply."""
    layer = Layer((("ana",), (), ("ben",)), 1, "week", MONDAY, START)
    rota = Rota("billing", "UTC", (layer,))
    assert gaps(rota, at("2026-01-05T09:00"), at("2026-01-26T09:00")) == [
        (at("2026-01-12T09:00"), at("2026-01-19T09:00"))
    ]
    beneath = Layer((("eli",),), 1, "week", MONDAY, START)
    assert lines(beneath, layer)[1] == "01-12 09:00 eli, layer 1"


def test_layer_applies_until_its_end() -> None:
    """A date ends at the handover time, a time exactly then."""
    by_day = Layer(one_each(("ana", "ben")), 1, "week", MONDAY, START, end=date(2026, 1, 14))
    assert lines(by_day)[-1] == "01-14 09:00 nobody, no layer"
    by_time = Layer(
        (("ana",),), 1, "week", MONDAY, START, end=datetime.fromisoformat("2026-01-14T18:00")
    )
    assert lines(by_time)[-1] == "01-14 18:00 nobody, no layer"
    assert on_call(Rota("billing", "UTC", (by_time,)), at("2026-01-14T17:59")) == ("ana",)


def test_layer_that_ends_before_its_start_is_refused() -> None:
    """Promise 6: A layer that could never apply is an error."""
    with pytest.raises(ValueError, match="it ends at or before its start"):
        Layer((("ana",),), 1, "week", MONDAY, START, end=START)
    with pytest.raises(ValueError, match="members is empty"):
        Layer(((), ()), 1, "week", MONDAY, START)
