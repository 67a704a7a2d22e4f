"""Windows in which restrictions let a layer apply, joined and in order."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from heapq import merge
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.core.oncall.types import Restriction
from gateway.core.time.wallclock import instant, wall_time

_DAY = timedelta(days=1)


class Window(NamedTuple):
    """A stretch in which a layer applies, its end excluded (unix seconds UTC)."""

    opens: float
    closes: float


def windows(
    restrictions: Sequence[Restriction], zone: ZoneInfo, start: float, end: float
) -> Iterator[Window]:
    """Yield the windows that touch [start, end), joined where they meet.

    They are not clipped. A window whose start falls into a missing hour begins after it, and is
    dropped when nothing is left of it. Without restrictions there is one window without end.
    """
    if not restrictions:
        yield Window(-inf, inf)
        return
    pending: Window | None = None
    for opens, closes in merge(*(_of_one(rule, zone, start, end) for rule in restrictions)):
        if pending is None:
            pending = Window(opens, closes)
        elif opens <= pending.closes:
            pending = Window(pending.opens, max(pending.closes, closes))
        else:
            if pending.closes > start:
                yield pending
            pending = Window(opens, closes)
    if pending is not None and pending.closes > start:
        yield pending


def _of_one(rule: Restriction, zone: ZoneInfo, start: float, end: float) -> Iterator[Window]:
    over_midnight = _DAY if rule.end_time <= rule.start_time else timedelta()
    day: date = wall_time(start, zone).date() - _DAY  # yesterday's may run into today
    while True:
        if day.weekday() in rule.weekdays:
            opens = instant(datetime.combine(day, rule.start_time), zone)
            if opens >= end:
                return
            if rule.holidays is None or rule.holidays.name_of(day) is None:
                closes = instant(datetime.combine(day + over_midnight, rule.end_time), zone)
                if closes > opens:
                    yield Window(opens, closes)
        day += _DAY
