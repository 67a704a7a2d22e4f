"""The check for gaps in a schedule (E28)."""

from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, gaps
from tests.core.rota_times import at
from tests.core.turns import one_each


def layer(start_hour: int, end_hour: int, *days: int) -> Layer:
    """Return a layer restricted to these hours."""
    hours = Restriction(days or (0, 1, 2, 3, 4, 5, 6), time(start_hour), time(end_hour))
    return Layer(one_each(("ana", "ben")), 1, "week", Handover(time(9)), date(2026, 1, 1), (hours,))


def test_overlapping_layers_have_exact_gaps() -> None:
    """E28: 08-14 and 12-20 leave exactly 20-08 uncovered."""
    rota = Rota("billing", "UTC", (layer(8, 14), layer(12, 20)))
    assert gaps(rota, at("2026-02-02"), at("2026-02-04")) == [
        (at("2026-02-02T00:00"), at("2026-02-02T08:00")),
        (at("2026-02-02T20:00"), at("2026-02-03T08:00")),
        (at("2026-02-03T20:00"), at("2026-02-04T00:00")),
    ]


def test_time_outside_the_window_is_not_reported() -> None:
    """E28: Time before the requested start is not reported."""
    rota = Rota("billing", "UTC", (layer(0, 0),))
    assert gaps(rota, at("2026-01-02"), at("2027-01-01")) == []
    assert gaps(rota, at("2025-12-31"), at("2026-02-01")) == [
        (at("2025-12-31"), at("2026-01-01T09:00"))
    ]


def test_adjacent_gaps_of_different_causes_are_joined() -> None:
    """E28: A night without a layer and an override by nobody after it are one gap."""
    rota = Rota(
        "billing",
        "UTC",
        (layer(8, 20),),
        (Override(None, at("2026-02-02T08:00"), at("2026-02-02T10:00")),),
    )
    assert gaps(rota, at("2026-02-02"), at("2026-02-02T20:00")) == [
        (at("2026-02-02T00:00"), at("2026-02-02T10:00"))
    ]


def test_gap_over_a_clock_change_has_its_real_length() -> None:
    """E28: The uncovered night is 13 hours long in Berlin when the clocks go back."""
    rota = Rota("billing", "Europe/Berlin", (layer(8, 20),))
    ((start, end),) = gaps(
        rota, at("2026-10-24T20:00", rota.zone), at("2026-10-25T08:00", rota.zone)
    )
    assert end - start == 13 * 3600.0


def test_rota_without_layers_is_one_gap() -> None:
    """E28: An empty window has no gap; without layers all of it is one."""
    empty = Rota("billing", "UTC", ())
    assert gaps(empty, 1000.0, 1000.0) == []
    assert gaps(empty, 1000.0, 5000.0) == [(1000.0, 5000.0)]
