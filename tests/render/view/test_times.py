"""Times are read at night, half asleep: the zone is always named, and a day where it matters."""

import pytest

from gateway.render.view.times import clock_time, duration

NOW = 1_795_147_320.0  # Friday, 2026-11-20T04:02:00Z


@pytest.mark.parametrize(
    ("t", "zone", "text"),
    [
        (NOW, "UTC", "04:02 UTC"),
        (NOW, "Europe/Berlin", "05:02 CET"),
        (NOW - 8 * 3600, "UTC", "Thu 19 Nov, 20:02 UTC"),
        (NOW - 5 * 3600, "Europe/Berlin", "00:02 CET"),
        (NOW - 200 * 86400, "Europe/Berlin", "Mon 4 May, 06:02 CEST"),
        (NOW - 400 * 86400, "UTC", "Thu 16 Oct 2025, 04:02 UTC"),
        (NOW, "America/Sao_Paulo", "01:02 UTC-03"),
        (NOW, "Asia/Kathmandu", "09:47 UTC+0545"),
        (NOW, "No/Such", "04:02 UTC"),
        (NOW, "", "04:02 UTC"),
        (NOW, "../../etc/passwd", "04:02 UTC"),
    ],
)
def test_a_time_names_its_zone(t: float, zone: str, text: str) -> None:
    """E25: every time has its zone, in each reader's zone."""
    assert clock_time(t, zone, NOW) == text


def test_a_time_out_of_the_calendar_is_still_said() -> None:
    """A wrong clock somewhere must not cost the message."""
    assert "unix time" in clock_time(1e15, "UTC", NOW)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.4, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (754, "12 min"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
        (86400, "1 day"),
        (3 * 86400 + 4 * 3600 + 59, "3 days 4 h"),
    ],
)
def test_a_duration_is_a_word_or_two(seconds: float, text: str) -> None:
    """E35: never negative, even if clocks disagree; rounded down."""
    assert duration(seconds) == text
