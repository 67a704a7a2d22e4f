"""Rotations, handovers, weekdays and times as routes.yaml writes them (Promise 6)."""

from datetime import time

import pytest

from gateway.core.oncall.rota import Handover
from gateway.core.oncall.text import (
    parse_handover,
    parse_rotate,
    parse_time_of_day,
    parse_weekday,
    parse_weekdays,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weekly", (1, "week")),
        ("Daily", (1, "day")),
        ("hourly", (1, "hour")),
        ("monthly", (1, "month")),
        ("10 days", (10, "day")),
        ("1 week", (1, "week")),
        ("2weeks", (2, "week")),
        ("12 hours", (12, "hour")),
    ],
)
def test_rotation_is_parsed(text: str, expected: tuple[int, str]) -> None:
    """Promise 6: Named rotations, and any number of a unit."""
    assert parse_rotate(text) == expected


@pytest.mark.parametrize(
    "text", ["", "fortnightly", "0 days", "1.5 days", "-1 days", "days", "٣ days"]
)
def test_invalid_rotation_is_refused_with_examples(text: str) -> None:
    """Promise 6: The error quotes the text and shows what to write."""
    with pytest.raises(ValueError, match=r"rotate: .*weekly.*'2 weeks'"):
        parse_rotate(text)


def test_handover_is_parsed() -> None:
    """Promise 6: With or without a weekday."""
    assert parse_handover("09:00") == Handover(time(9))
    assert parse_handover("Mon 09:00") == Handover(time(9), 0)
    assert parse_handover("sunday  23:30") == Handover(time(23, 30), 6)


@pytest.mark.parametrize("text", ["", "Mon", "Mon Tue 09:00", "09:00 Mon", "Mo 09:00", "25:00"])
def test_invalid_handover_is_refused(text: str) -> None:
    """Promise 6: Half a handover is invalid."""
    with pytest.raises(ValueError, match="write"):
        parse_handover(text)


def test_time_of_day_is_parsed_or_refused() -> None:
    """Promise 6: 24:00 ends a day."""
    assert parse_time_of_day("7:05") == time(7, 5)
    assert parse_time_of_day("24:00") == time(0)
    for invalid in ("9", "24:01", "12:60", "09.00", "09:00:00", "540"):
        with pytest.raises(ValueError, match="write HH:MM"):
            parse_time_of_day(invalid)


def test_weekdays_are_parsed_or_refused() -> None:
    """Promise 6: Single days, lists and ranges, also over the weekend."""
    assert parse_weekdays("Mon-Fri") == (0, 1, 2, 3, 4)
    assert parse_weekdays("monday:wednesday") == (0, 1, 2)
    assert parse_weekdays("sat, sun") == (5, 6)
    assert parse_weekdays("Fri - Mon") == (0, 4, 5, 6)
    assert parse_weekday("Thurs") == 3
    for invalid in ("", "Mon-", "-Fri", "Mon,,Tue", "Mox", "T"):
        with pytest.raises(ValueError, match="weekday"):
            parse_weekdays(invalid)
