"""Quiet hours on the wall clock, over days when the clocks change."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.time.quiet_hours import QuietHours
from gateway.core.time.timestamps import parse_rfc3339
from gateway.core.time.wallclock import load_zone, wall_time

NIGHT = QuietHours("Europe/Berlin", time(22), time(7))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-20T20:59:59Z", None),
        ("2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z"),
        ("2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z"),
        ("2026-11-21T06:00:00Z", None),
    ],
)
def test_quiet_hours_over_midnight_hold_their_start_and_not_their_end(
    at: str, end: str | None
) -> None:
    """From 22:00 to 07:00 in Berlin."""
    assert NIGHT.end_after(parse_rfc3339(at)) == (None if end is None else parse_rfc3339(end))


@pytest.mark.parametrize(
    ("at", "hours"),
    [("2026-03-28T21:00:00Z", 8), ("2026-10-24T20:00:00Z", 10), ("2026-11-20T21:00:00Z", 9)],
)
def test_night_with_a_changed_clock_ends_by_the_wall_clock(at: str, hours: int) -> None:
    """In spring the night is an hour shorter, in autumn an hour longer; 07:00 stays 07:00."""
    start = parse_rfc3339(at)
    assert NIGHT.end_after(start) == start + hours * 3600


def test_quiet_hours_of_equal_times_are_none() -> None:
    """They have no length: nothing ever waits."""
    assert QuietHours("UTC", time(7), time(7)).end_after(1_790_000_000.0) is None


CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(
    zone=st.sampled_from(ZONES),
    start=CLOCKS,
    end=CLOCKS,
    at=st.integers(1_767_225_600, 1_830_297_600),
)
def test_end_of_quiet_hours_is_the_first_instant_outside(
    zone: str, start: time, end: time, at: int
) -> None:
    """The end lies ahead, is outside of the quiet hours or begins new ones, and is within a day."""
    hours = QuietHours(zone, start, end)
    until = hours.end_after(at)
    wall = wall_time(at, load_zone(zone)).time()
    if until is None:
        in_window = start <= wall < end if start < end else (wall >= start or wall < end)
        # An hour that comes twice is quiet once: both ends are its first occurrence.
        assert start == end or not in_window or _comes_twice(zone, at)
        return
    assert at < until <= at + 25 * 3600
    assert hours.end_after(until) is None
    middle = (at + until) / 2
    assert hours.end_after(middle) == until


def _comes_twice(zone: str, at: float) -> bool:
    """Return whether the clocks were set back within the last hour."""
    known = load_zone(zone)
    return any(wall_time(at, known) < wall_time(at - back, known) for back in range(60, 7200, 60))
