"""Texts about rotas in routes.yaml ("2 weeks", "Mon 09:00", "Mon-Fri"), parsed.

Every function raises ValueError with what is wrong and what to write instead.
"""

import re
from datetime import time
from typing import NamedTuple

from gateway.core.oncall.types import Handover, Unit

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED: dict[str, Unit] = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
_COUNTED: dict[str, Unit] = {"hour": "hour", "day": "day", "week": "week", "month": "month"}
_LEAST_OF_A_DAY = 3  # "mon" is understood, "m" is not


class Rotation(NamedTuple):
    """How long one turn lasts: `every` times a unit."""

    every: int
    unit: Unit


def parse_rotate(text: str) -> Rotation:
    """Return the length of one turn: "weekly", or a number such as "10 days"."""
    word = text.strip().lower()
    if word in _NAMED:
        return Rotation(1, _NAMED[word])
    match = re.fullmatch(r"([1-9][0-9]{0,5})\s*([a-z]+?)s?", word, re.ASCII)
    if match is None or match[2] not in _COUNTED:
        raise ValueError(
            f"rotate: {text!r}; write hourly, daily, weekly, monthly, or a number such as "
            "'12 hours', '10 days', '2 weeks'"
        )
    return Rotation(int(match[1]), _COUNTED[match[2]])


def parse_handover(text: str) -> Handover:
    """Return a wall-clock time, perhaps with a weekday: "09:00", "Mon 09:00"."""
    *day, clock = text.split() or [""]
    if len(day) > 1:
        raise ValueError(f"handover: {text!r}; write a time such as 09:00 or Mon 09:00")
    return Handover(parse_time_of_day(clock), parse_weekday(day[0]) if day else None)


def parse_time_of_day(text: str) -> time:
    """Return a time of day as HH:MM; "24:00" ends a day, and reads as 00:00."""
    clock = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text.strip(), re.ASCII)
    if clock is not None:
        hour, minute = int(clock[1]), int(clock[2])
        if (hour, minute) == (24, 0):
            return time(0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise ValueError(f"time: {text!r}; write HH:MM between 00:00 and 24:00, quoted, as in '09:00'")


def parse_weekday(text: str) -> int:
    """Return a weekday (0 Monday) by its English name or at least three letters."""
    word = text.strip().lower()
    for number, day in enumerate(_DAYS):
        if len(word) >= _LEAST_OF_A_DAY and day.startswith(word):
            return number
    raise ValueError(f"weekday: {text!r}; write Mon, Tue, Wed, Thu, Fri, Sat or Sun")


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Return the days of names and ranges: "Mon-Fri", "sat, sun", "Fri-Mon"."""
    days: set[int] = set()
    for part in re.split(r"\s*,\s*", text.strip()):
        first, dash, last = re.sub(r"\s*[-:]\s*", "-", part).partition("-")
        start = parse_weekday(first)
        length = (parse_weekday(last) - start) % 7 if dash else 0
        days.update((start + i) % 7 for i in range(length + 1))
    return tuple(sorted(days))
