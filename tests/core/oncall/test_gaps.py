"""The gap check reports uncovered time, each second once, and only what was asked for (E28)."""

from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, gaps
from tests.core.rota_times import at


def layer(start_hour: int, end_hour: int, *days: int) -> Layer:
    hours = Restriction(days or (0, 1, 2, 3, 4, 5, 6), time(start_hour), time(end_hour))
    return Layer(("ana", "ben"), 1, "week", Handover(time(9)), date(2026, 1, 1), (hours,))


def test_overlapping_layers_do_not_hide_or_double_a_gap() -> None:
    """E28: 08-14 and 12-20 leave 20-08 open, nothing more and nothing twice."""
    rota = Rota("billing", "UTC", (layer(8, 14), layer(12, 20)))
    assert gaps(rota, at("2026-02-02"), at("2026-02-04")) == [
        (at("2026-02-02T00:00"), at("2026-02-02T08:00")),
        (at("2026-02-02T20:00"), at("2026-02-03T08:00")),
        (at("2026-02-03T20:00"), at("2026-02-04T00:00")),
    ]


def test_the_past_is_not_reported() -> None:
    """E28: time before the asked start, such as before a layer began, does not show."""
    rota = Rota("billing", "UTC", (layer(0, 0),))
    assert gaps(rota, at("2026-01-02"), at("2027-01-01")) == []
    assert gaps(rota, at("2025-12-31"), at("2026-02-01")) == [
        (at("2025-12-31"), at("2026-01-01T09:00"))
    ]


def test_gaps_for_different_causes_that_touch_are_one() -> None:
    """E28: a night without a layer followed by an override by nobody is one stretch."""
    rota = Rota(
        "billing",
        "UTC",
        (layer(8, 20),),
        (Override(None, at("2026-02-02T08:00"), at("2026-02-02T10:00")),),
    )
    assert gaps(rota, at("2026-02-02"), at("2026-02-02T20:00")) == [
        (at("2026-02-02T00:00"), at("2026-02-02T10:00"))
    ]


def test_an_hour_twice_and_an_hour_missing_are_measured_in_real_time() -> None:
    """E28: the open night is 13 hours long in Berlin when the clocks go back."""
    rota = Rota("billing", "Europe/Berlin", (layer(8, 20),))
    ((start, end),) = gaps(
        rota, at("2026-10-24T20:00", rota.zone), at("2026-10-25T08:00", rota.zone)
    )
    assert end - start == 13 * 3600.0


def test_a_rota_without_layers_is_one_gap() -> None:
    """E28: nothing asked for, nothing found; no layers, everything open."""
    empty = Rota("billing", "UTC", ())
    assert gaps(empty, 1000.0, 1000.0) == []
    assert gaps(empty, 1000.0, 5000.0) == [(1000.0, 5000.0)]
