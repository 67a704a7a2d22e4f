"""Restrictions, which do not shift the rotation (E25)."""

from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Restriction, Rota, on_call
from tests.core.rota_times import at, table
from tests.core.turns import one_each

WORKDAYS = Restriction((0, 1, 2, 3, 4), time(9), time(17))
NIGHTS = Restriction((4,), time(20), time(8))


def daily(*restrictions: Restriction) -> Rota:
    """Return a daily rota with these restrictions."""
    layer = Layer(
        one_each(("ana", "ben")), 1, "day", Handover(time(0)), date(2026, 1, 8), tuple(restrictions)
    )
    return Rota("billing", "Europe/Berlin", (layer,))


def test_restricted_weekend_still_counts_in_the_rotation() -> None:
    """E25: Friday is Ben's, the unworked Saturday Ana's and Sunday Ben's, Monday Ana's."""
    assert table(daily(WORKDAYS), "2026-01-08T00:00", "2026-01-13T00:00") == [
        "2026-01-08 00:00+01:00 nobody, no layer",
        "2026-01-08 09:00+01:00 ana, layer 1",
        "2026-01-08 17:00+01:00 nobody, no layer",
        "2026-01-09 09:00+01:00 ben, layer 1",
        "2026-01-09 17:00+01:00 nobody, no layer",
        "2026-01-12 09:00+01:00 ana, layer 1",
        "2026-01-12 17:00+01:00 nobody, no layer",
    ]


def test_restricted_rota_names_the_same_people() -> None:
    """E25: If the restricted rota names somebody, the unrestricted one does too."""
    for hour in range(24 * 30):
        t = at("2026-01-08T00:30", "Europe/Berlin") + hour * 3600.0
        people = on_call(daily(WORKDAYS, NIGHTS), t)
        assert people in ((), on_call(daily(), t))


def test_restriction_over_midnight_belongs_to_its_first_day() -> None:
    """E25: Friday 20:00-08:00 continues on Saturday; the shift changes at midnight."""
    assert table(daily(NIGHTS), "2026-01-09T12:00", "2026-01-10T12:00") == [
        "2026-01-09 12:00+01:00 nobody, no layer",
        "2026-01-09 20:00+01:00 ben, layer 1",
        "2026-01-10 00:00+01:00 ana, layer 1",
        "2026-01-10 08:00+01:00 nobody, no layer",
    ]


def test_adjacent_restrictions_of_a_layer_are_joined() -> None:
    """E25: Restrictions that touch or overlap are one window."""
    morning = Restriction((0,), time(9), time(13))
    afternoon = Restriction((0,), time(12), time(18))
    evening = Restriction((0,), time(18), time(0))
    assert table(daily(morning, afternoon, evening), "2026-01-12T00:00", "2026-01-13T12:00") == [
        "2026-01-12 00:00+01:00 nobody, no layer",
        "2026-01-12 09:00+01:00 ana, layer 1",
        "2026-01-13 00:00+01:00 nobody, no layer",
    ]
