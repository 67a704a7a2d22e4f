"""Local time and instants: all knowledge about daylight saving and wall clocks.

An instant is a float of unix seconds UTC. A wall-clock time is a naive ``datetime`` read in a zone.
Two rules, the same everywhere in the gateway:

- a wall-clock time that does not exist (the clocks jump over it, be it half an hour on Lord Howe
  or the whole 30 December 2011 in Apia) is the first instant after the gap;
- a wall-clock time that comes twice is its first occurrence.

Both preserve the order: a later wall-clock time is never an earlier instant, so handovers made of
them can neither overlap nor swap.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple
from zoneinfo import ZoneInfo


@lru_cache(maxsize=512)
def load_zone(name: str) -> ZoneInfo:
    """Return the IANA zone called ``name``. Raises ValueError for an unknown name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"unknown time zone {name!r}: use an IANA name such as Europe/Berlin or UTC"
        ) from error


def wall_time(t: float, zone: ZoneInfo) -> datetime:
    """Return the naive wall-clock time in ``zone`` at ``t`` (unix seconds UTC)."""
    return datetime.fromtimestamp(t, zone).replace(tzinfo=None, fold=0)


def instant(wall: datetime, zone: ZoneInfo) -> float:
    """Return the instant (unix seconds UTC) of a wall-clock time, by the two rules."""
    first = wall.replace(tzinfo=zone, fold=0).timestamp()
    second = wall.replace(tzinfo=zone, fold=1).timestamp()
    # Only in a gap does the standard library's first reading come after the second (PEP 495).
    return first if first <= second else _end_of_gap(wall, second, first, zone)


class DaySpan(NamedTuple):
    """The start and the end of a day (unix seconds UTC), perhaps clipped."""

    start: float
    end: float


def days(start: float, end: float, zone: ZoneInfo) -> Iterator[DaySpan]:
    """Yield the start and end of each day of ``zone`` in [start, end), clipped to it."""
    while start < end:
        day = wall_time(start, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        # A day may be missing in a zone (Apia's 30 December 2011): then the next one serves.
        following = max(instant(day + timedelta(days=1), zone), start + 1)
        yield DaySpan(start, min(following, end))
        start = following


def _end_of_gap(wall: datetime, before: float, after: float, zone: ZoneInfo) -> float:
    """Return the instant between two others at which the clocks jumped over ``wall``."""
    low, high = floor(before), ceil(after)
    while high - low > 1:
        middle = (low + high) // 2
        if wall_time(middle, zone) < wall:
            low = middle
        else:
            high = middle
    return float(high)
