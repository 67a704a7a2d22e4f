"""Times as typed on the command line."""

import re
from datetime import datetime

import click

from gateway.core.time.timestamps import parse_duration, parse_time
from gateway.core.time.wallclock import instant, load_zone

TIME_FORMATS = 'RFC 3339, "2026-11-20 09:00" (wall clock of the zone), a date, now, +2d or -90m'

_WALL = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2})(?::(\d{2}))?)?",
    re.ASCII,
)


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
        seconds = parse_time(word)
        if seconds is None:
            raise ValueError("the year 1 is too early")
        return seconds
    except ValueError as error:
        message = f"{option} {text!r} is not a time: {error}. Write {TIME_FORMATS}."
        raise click.UsageError(message) from None
