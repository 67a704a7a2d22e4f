"""A rotation counts by its own rule; restrictions only decide when a turn is worked (E25)."""

from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Restriction, Rota, on_call
from tests.core.rota_times import at, table

WORKDAYS = Restriction((0, 1, 2, 3, 4), time(9), time(17))
NIGHTS = Restriction((4,), time(20), time(8))


def daily(*restrictions: Restriction) -> Rota:
    layer = Layer(
        ("ana", "ben"), 1, "day", Handover(time(0)), date(2026, 1, 8), tuple(restrictions)
    )
    return Rota("billing", "Europe/Berlin", (layer,))


def test_the_weekend_counts_although_nobody_works_it() -> None:
    """E25: Friday was ben's, Saturday ana's and Sunday ben's unworked, so Monday is ana's."""
    assert table(daily(WORKDAYS), "2026-01-08T00:00", "2026-01-13T00:00") == [
        "2026-01-08 00:00+01:00 nobody, no layer",
        "2026-01-08 09:00+01:00 ana, layer 1",
        "2026-01-08 17:00+01:00 nobody, no layer",
        "2026-01-09 09:00+01:00 ben, layer 1",
        "2026-01-09 17:00+01:00 nobody, no layer",
        "2026-01-12 09:00+01:00 ana, layer 1",
        "2026-01-12 17:00+01:00 nobody, no layer",
    ]


def test_with_or_without_restriction_it_is_the_same_persons_turn() -> None:
    """E25: wherever the restricted rota names somebody, the unrestricted one names the same."""
    for hour in range(24 * 30):
        t = at("2026-01-08T00:30", "Europe/Berlin") + hour * 3600.0
        worked = on_call(daily(WORKDAYS, NIGHTS), t)
        assert worked in ((), on_call(daily(), t))


def test_a_window_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    """E25: Friday 20:00-08:00 runs into Saturday, and the turn still changes at midnight."""
    assert table(daily(NIGHTS), "2026-01-09T12:00", "2026-01-10T12:00") == [
        "2026-01-09 12:00+01:00 nobody, no layer",
        "2026-01-09 20:00+01:00 ben, layer 1",
        "2026-01-10 00:00+01:00 ana, layer 1",
        "2026-01-10 08:00+01:00 nobody, no layer",
    ]


def test_restrictions_of_one_layer_are_joined() -> None:
    """E25: where two windows meet or overlap there is one stretch, not two."""
    morning = Restriction((0,), time(9), time(13))
    afternoon = Restriction((0,), time(12), time(18))
    evening = Restriction((0,), time(18), time(0))
    assert table(daily(morning, afternoon, evening), "2026-01-12T00:00", "2026-01-13T12:00") == [
        "2026-01-12 00:00+01:00 nobody, no layer",
        "2026-01-12 09:00+01:00 ana, layer 1",
        "2026-01-13 00:00+01:00 nobody, no layer",
    ]
