"""The mapping of wall-clock times to instants."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.core.time.wallclock import instant, load_zone, wall_time
from tests.core.random_rotas import ZONES, without_deadline

_wall = datetime.fromisoformat

walls = st.datetimes(_wall("2005-01-01"), _wall("2037-01-01"))


@without_deadline
@given(walls, st.sampled_from(ZONES), st.floats(0.5, 26 * 3600))
@example(_wall("2011-12-30T09:00"), "Pacific/Apia", 0.5)
@example(_wall("2020-10-04T02:15"), "Australia/Lord_Howe", 0.5)
@example(_wall("2021-04-04T01:45"), "Australia/Lord_Howe", 1800.0)
@example(_wall("2018-11-04T00:00"), "America/Sao_Paulo", 0.5)
def test_wall_clock_time_is_the_first_instant_that_reaches_it(
    wall: datetime, name: str, ago: float
) -> None:
    """E24: The clock has not got there a second earlier, in a gap or a doubled hour."""
    zone = load_zone(name)
    t = instant(wall, zone)
    assert wall_time(t, zone) >= wall - timedelta(microseconds=1)
    assert wall_time(t - ago, zone) < wall


@without_deadline
@given(walls, st.timedeltas(timedelta(), timedelta(days=3)), st.sampled_from(ZONES))
def test_later_wall_clock_time_is_never_an_earlier_instant(
    wall: datetime, more: timedelta, name: str
) -> None:
    """E24, Promise 12: Handovers at wall-clock times cannot change their order."""
    assert instant(wall, load_zone(name)) <= instant(wall + more, load_zone(name))


@pytest.mark.parametrize(
    ("wall", "name", "utc"),
    [
        ("2021-03-28T02:30", "Europe/Berlin", "2021-03-28T01:00"),
        ("2021-10-31T02:30", "Europe/Berlin", "2021-10-31T00:30"),
        ("2020-10-04T02:15", "Australia/Lord_Howe", "2020-10-03T15:30"),
        ("2021-04-04T01:45", "Australia/Lord_Howe", "2021-04-03T14:45"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T10:00"),
        ("2026-01-01T05:45", "Asia/Kathmandu", "2026-01-01T00:00"),
    ],
)
def test_wall_clock_time_at_a_clock_change_has_its_known_instant(
    wall: str, name: str, utc: str
) -> None:
    """E24: Missing and doubled hours, half an hour on Lord Howe, a whole day in Apia."""
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()
    assert instant(datetime.fromisoformat(wall), load_zone(name)) == expected


def test_unknown_zone_is_refused_with_a_correction() -> None:
    """Promise 6: The error names the zone and what to write instead."""
    for name in ("Europe/Berln", "", "../etc/passwd", "Mars"):
        with pytest.raises(ValueError, match=r"unknown time zone.*Europe/Berlin"):
            load_zone(name)
