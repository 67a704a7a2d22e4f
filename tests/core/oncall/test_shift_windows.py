"""The whole shift and the whole restriction window around an instant."""

from datetime import date, time
from math import inf

import pytest

from gateway.core.oncall.layers import turn_at
from gateway.core.oncall.rota import Handover, Layer, Restriction
from gateway.core.time.wallclock import load_zone
from tests.conformance.rota_windows import is_open, window_at
from tests.core.rota_times import at
from tests.core.turns import one_each

WEEKEND = (5, 6)
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("instant", "number", "start", "end"),
    [
        ("2020-11-01T01:29-04:00", 0, "2020-10-31T01:30-04:00", "2020-11-01T01:30-04:00"),
        ("2020-11-01T01:30-04:00", 1, "2020-11-01T01:30-04:00", "2020-11-02T01:30-05:00"),
        ("2020-11-01T01:15-05:00", 1, "2020-11-01T01:30-04:00", "2020-11-02T01:30-05:00"),
        ("2020-11-01T01:45-05:00", 1, "2020-11-01T01:30-04:00", "2020-11-02T01:30-05:00"),
        ("2020-10-30T12:00-04:00", -1, "2020-10-30T01:30-04:00", "2020-10-31T01:30-04:00"),
    ],
)
def test_shift_in_a_doubled_hour_is_returned_whole(
    instant: str, number: int, start: str, end: str
) -> None:
    """E24: When the clock goes back, the shift does not."""
    layer = Layer(one_each(("ana", "ben")), 1, "day", Handover(time(1, 30)), date(2020, 10, 31))
    turn = turn_at(layer, load_zone(NEW_YORK), at(instant))
    assert (turn.number, turn.start, turn.end) == (number, at(start), at(end))


@pytest.mark.parametrize(
    ("instant", "opens", "closes"),
    [
        ("2026-01-08T12:00", "2026-01-10T08:00", "2026-01-12T08:00"),
        ("2026-01-11T12:00", "2026-01-10T08:00", "2026-01-12T08:00"),
        ("2026-01-12T08:00", "2026-01-17T08:00", "2026-01-19T08:00"),
    ],
)
def test_restriction_of_whole_days_is_one_window(instant: str, opens: str, closes: str) -> None:
    """E25: Saturday and Sunday from 08:00 to 08:00 are one window."""
    whole_days = [Restriction(WEEKEND, time(8), time(8))]
    assert window_at(whole_days, load_zone("UTC"), at(instant)) == (at(opens), at(closes))


def test_restriction_of_all_time_is_an_infinite_window() -> None:
    """E25: Every day around the clock, and no restriction, are always open."""
    always = [Restriction((0, 1, 2, 3), time(6), time(6)), Restriction((4, 5, 6), time(6), time(6))]
    for rules in (always, []):
        assert window_at(rules, load_zone("Europe/Berlin"), at("2026-03-28")) == (-inf, inf)
        assert is_open(rules, load_zone("Europe/Berlin"), at("2026-03-28"))


def test_window_inside_a_missing_hour_is_omitted_that_day() -> None:
    """E24: Sunday 02:15 to 02:45 does not exist on the day the clocks go forward."""
    missing = [Restriction((6,), time(2, 15), time(2, 45))]
    zone = load_zone(NEW_YORK)
    assert window_at(missing, zone, at("2020-03-07T12:00-05:00")) == (
        at("2020-03-15T02:15-04:00"),
        at("2020-03-15T02:45-04:00"),
    )
    assert not is_open(missing, zone, at("2020-03-08T03:00-04:00"))
