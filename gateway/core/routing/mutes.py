"""Mutes of routes by time intervals (Alertmanager's ``time_intervals``)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from gateway.core.routing.match import Route
from gateway.core.time.interval import TimeInterval, never_matches
from gateway.core.time.interval_parse import parse_time_interval
from gateway.core.time.timestamps import local_time

__all__ = [
    "Mute",
    "MuteKind",
    "TimeInterval",
    "find_mute",
    "intervals_containing",
    "never_matches",
    "next_change",
    "next_interval_change",
    "next_mute_change",
    "parse_time_interval",
]

IntervalsByName = Mapping[str, Sequence[TimeInterval]]

HORIZON_DAYS = 5 * 366
"""How far ahead a change is searched, in days; long enough for a leap day."""

_DAY = 24 * 60  # minutes, as are all times below
_EPOCH = date(1970, 1, 1).toordinal()


def intervals_containing(
    names: Iterable[str], intervals: IntervalsByName, t: float
) -> tuple[str, ...]:
    """Return those of `names` whose intervals contain the instant `t`."""
    return tuple(name for name in names if any(one.contains(t) for one in intervals[name]))


class MuteKind(StrEnum):
    """How time intervals mute a route."""

    MUTED = "muted"
    OUTSIDE_ACTIVE = "outside active"


class Mute(NamedTuple):
    """A route is muted: inside of a mute interval, or outside of all its active ones."""

    kind: MuteKind
    names: str  # of the intervals, separated by commas


def find_mute(route: Route, intervals: IntervalsByName, t: float) -> Mute | None:
    """Return how and by which intervals the route is muted at `t`, or None."""
    inside = intervals_containing(route.mute_time_intervals, intervals, t)
    if inside:
        return Mute(MuteKind.MUTED, inside[0])
    active = route.active_time_intervals
    if active and not intervals_containing(active, intervals, t):
        return Mute(MuteKind.OUTSIDE_ACTIVE, ", ".join(active))
    return None


def next_interval_change(
    intervals: TimeInterval | Iterable[TimeInterval], t: float
) -> float | None:
    """Return the next instant (unix seconds) at which an interval begins or ends.

    None when nothing changes within `HORIZON_DAYS`.
    """
    entries = (intervals,) if isinstance(intervals, TimeInterval) else tuple(intervals)
    return _next_change(entries, None, int(t // 60))


def next_mute_change(route: Route, intervals: IntervalsByName, t: float) -> float | None:
    """Return the next instant after `t` at which a mute begins or ends.

    None when nothing changes within `HORIZON_DAYS`.
    """
    return next_change(route.mute_time_intervals, route.active_time_intervals, intervals, t)


def next_change(
    outside: Sequence[str], inside: Sequence[str], intervals: IntervalsByName, t: float
) -> float | None:
    """Return the next instant after `t` at which it begins or ends to be outside and inside.

    Outside of all intervals named by `outside`, and inside of one named by `inside` if there are
    any. None when nothing changes within `HORIZON_DAYS`.
    """
    if not (outside or inside):
        return None
    mute, active = (
        tuple(one for name in names for one in intervals[name]) for names in (outside, inside)
    )
    return _next_change(mute, active if inside else None, int(t // 60))


# Remembered, because in one minute all incidents of a muted route ask the same.
@lru_cache(maxsize=1024)
def _next_change(
    mute: tuple[TimeInterval, ...], active: tuple[TimeInterval, ...] | None, minute: int
) -> float | None:
    """Search for the first minute that differs from `minute`.

    Everything changes on whole minutes: intervals count in minutes, and zones have had offsets of
    whole minutes since 1972. While no zone changes its offset, only minutes at which the wall clock
    shows midnight or a bound can differ. On a day with such a change every minute is tried, so that
    no rule about skipped and repeated hours is needed.
    """
    everything = mute + (active or ())
    marks = {zone: _marks(zone, everything) for zone in {one.location for one in everything}}

    def state(offsets: Mapping[str, int], at: int) -> bool:
        def inside(entries: tuple[TimeInterval, ...]) -> bool:
            return any(_contains(one, at + offsets[one.location]) for one in entries)

        return inside(mute) or (active is not None and not inside(active))

    def offsets_at(at: int) -> dict[str, int]:
        return {zone: _offset(zone, at) for zone in marks}

    offsets = offsets_at(minute)
    before = state(offsets, minute)
    start = minute + 1
    for _ in range(HORIZON_DAYS):
        end = start + _DAY
        offsets, later = offsets_at(start), offsets_at(end)
        if offsets == later:
            for at in sorted(
                start + (mark - offsets[zone] - start) % _DAY
                for zone in marks
                for mark in marks[zone]
            ):
                if state(offsets, at) != before:
                    return at * 60.0
        else:
            for at in range(start, end):
                if state(offsets_at(at), at) != before:
                    return at * 60.0
        start = end
    return None


def _marks(zone: str, intervals: tuple[TimeInterval, ...]) -> set[int]:
    """Return the minutes of a zone's day at which its intervals may begin or end."""
    times = [time for one in intervals if one.location == zone for time in one.times]
    return {0} | {bound % _DAY for time in times for bound in time}


def _contains(interval: TimeInterval, wall: int) -> bool:
    days, minute = divmod(wall, _DAY)
    return interval.contains_wall(date.fromordinal(_EPOCH + days), minute)


def _offset(zone: str, minute: int) -> int:
    offset = local_time(minute * 60, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)
