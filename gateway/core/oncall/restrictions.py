"""When restrictions let a layer apply: the windows of a stretch of time, joined and in order."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from heapq import merge
from math import inf
from zoneinfo import ZoneInfo

from gateway.core.oncall.types import Restriction
from gateway.core.time.wallclock import instant, wall_time

_DAY = timedelta(days=1)
# Every pattern of weekdays shows itself within a week; one week on either side of a clock change.
_DAYS_UNTIL_ALWAYS = 21

Window = tuple[float, float]


def windows(
    restrictions: Sequence[Restriction], zone: ZoneInfo, start: float, end: float
) -> Iterator[Window]:
    """The windows that touch [start, end), unclipped at their day's edges, joined where they meet.

    A window whose start falls into a missing hour begins after it, and is dropped when nothing is
    left of it. No restrictions mean one window without end.
    """
    if not restrictions:
        yield (-inf, inf)
        return
    pending: Window | None = None
    for opens, closes in merge(*(_of_one(rule, zone, start, end) for rule in restrictions)):
        if pending is None:
            pending = (opens, closes)
        elif opens <= pending[1]:
            pending = (pending[0], max(pending[1], closes))
        else:
            if pending[1] > start:
                yield pending
            pending = (opens, closes)
    if pending is not None and pending[1] > start:
        yield pending


def _of_one(rule: Restriction, zone: ZoneInfo, start: float, end: float) -> Iterator[Window]:
    over_midnight = _DAY if rule.end_time <= rule.start_time else timedelta()
    day: date = wall_time(start, zone).date() - _DAY  # yesterday's may run into today
    while True:
        if day.weekday() in rule.weekdays:
            opens = instant(datetime.combine(day, rule.start_time), zone)
            if opens >= end:
                return
            closes = instant(datetime.combine(day + over_midnight, rule.end_time), zone)
            if closes > opens:
                yield (opens, closes)
        day += _DAY


def window_at(restrictions: Sequence[Restriction], zone: ZoneInfo, t: float) -> Window:
    """The whole window around ``t`` or, outside all of them, the next one; infinite when always."""
    reach = _DAYS_UNTIL_ALWAYS * _DAY.total_seconds()
    for opens, closes in windows(restrictions, zone, t - reach, t + reach):
        if closes > t:
            return (opens if opens > t - reach else -inf, closes if closes < t + reach else inf)
    return (inf, inf)


def applies(restrictions: Sequence[Restriction], zone: ZoneInfo, t: float) -> bool:
    """Whether any restriction is open at ``t``; true when there are none."""
    return any(opens <= t < closes for opens, closes in windows(restrictions, zone, t, t + 1.0))
