"""Times as typed on the command line."""

import re
from datetime import datetime, timedelta
from datetime import time as time_of_day

import click

from gateway.core.time.timestamps import parse_duration, parse_time
from gateway.core.time.wallclock import instant, load_zone, wall_time

TIME_FORMATS = (
    'RFC 3339, "2026-11-20 09:00" (wall clock of the zone), a date, "Sat 03:00" (the next one), '
    "now, +2d or -90m"
)

_WALL = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2})(?::(\d{2}))?)?",
    re.ASCII,
)

_WEEKDAY = re.compile(r"([A-Za-z]{3,9}) +(\d{1,2}:\d{2})", re.ASCII)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_time(text: str, now: float, zone: str, option: str = "--at") -> float:
    """Return the unix seconds of a typed time; a wall-clock time is read in the IANA zone `zone`.

    Raises click.UsageError, which names the option and the accepted formats.
    """
    word = text.strip()
    try:
        if word == "now":
            return now
        if word[:1] in ("+", "-") and word[1:]:
            return now + (-1 if word[0] == "-" else 1) * parse_duration(word[1:])
        wall = _WALL.fullmatch(word)
        if wall is not None:
            clock = (wall[2] or "00:00").rjust(5, "0")
            moment = datetime.fromisoformat(f"{wall[1]}T{clock}:{wall[3] or '00'}")
            return instant(moment, load_zone(zone))
        weekday = _WEEKDAY.fullmatch(word)
        if weekday is not None:
            return _next_weekday(weekday[1].lower(), weekday[2].rjust(5, "0"), now, zone)
        seconds = parse_time(word)
        if seconds is None:
            raise ValueError("the year 1 is too early")
        return seconds
    except ValueError as error:
        message = f"{option} {text!r} is not a time: {error}. Write {TIME_FORMATS}."
        raise click.UsageError(message) from None


def _next_weekday(day: str, clock: str, now: float, zone: str) -> float:
    """Return the first such time that is not before `now`. Raises ValueError for no weekday."""
    numbers = [number for number, name in enumerate(_DAYS) if name.startswith(day)]
    if not numbers:
        raise ValueError(f"{day} is no day of the week")
    tz, time = load_zone(zone), time_of_day.fromisoformat(clock)
    today = wall_time(now, tz).date()
    ahead = (numbers[0] - today.weekday()) % 7
    at = instant(datetime.combine(today + timedelta(days=ahead), time), tz)
    if at < now:
        at = instant(datetime.combine(today + timedelta(days=ahead + 7), time), tz)
    return at
