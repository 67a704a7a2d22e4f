"""A recurring span of calendar time, and whether an instant lies in it."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gateway.core.time.timestamps import local_time

Ranges = tuple[tuple[int, int], ...]
"""Pairs of a first and a last value, both included. An empty tuple sets no condition."""

_GREGORIAN_CYCLE_YEARS = 400


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """The conditions of one entry under Alertmanager's ``time_intervals``; all must hold.

    `times` are minutes of the day, the end excluded. Weekdays count from 0 for Sunday. Negative
    days count from the month's end, -1 the last. `location` is an IANA zone whose wall clock
    counts.
    """

    times: Ranges = ()
    weekdays: Ranges = ()
    days_of_month: Ranges = ()
    months: Ranges = ()
    years: Ranges = ()
    location: str = "UTC"

    def contains(self, t: float) -> bool:
        """Return whether the instant `t` (unix seconds) lies in this interval."""
        wall = local_time(t, self.location)
        return self.contains_wall(wall.date(), wall.hour * 60 + wall.minute)

    def contains_wall(self, day: date, minute: int) -> bool:
        """Return whether the wall clock's `minute` of `day` lies in this interval."""
        if self.times and not any(start <= minute < end for start, end in self.times):
            return False
        return self.contains_day(day)

    def contains_day(self, day: date) -> bool:
        """Return whether a part of `day` can lie in this interval; times are ignored."""
        return (
            _within(self.years, day.year)
            and _within(self.months, day.month)
            and _within(self.weekdays, day.isoweekday() % 7)
            and (not self.days_of_month or day.day in self._days(day.year, day.month))
        )

    def _days(self, year: int, month: int) -> set[int]:
        length = monthrange(year, month)[1]
        days: set[int] = set()
        for first, last in self.days_of_month:
            first = first if first > 0 else max(length + first + 1, 1)
            last = min(last if last > 0 else length + last + 1, length)
            days.update(range(first, last + 1))
        return days


def never_matches(interval: TimeInterval) -> bool:
    """Return whether no day of any year fulfils the interval, as 30 to 31 February."""
    if not (interval.days_of_month or interval.years):
        return False
    return not any(map(interval.contains_day, _days_to_try(interval)))


def _days_to_try(interval: TimeInterval) -> Iterable[date]:
    """Yield days that stand for all of them.

    The calendar repeats itself, weekdays included, every 400 years.
    """
    for first, last in interval.years or ((2000, 2000 + _GREGORIAN_CYCLE_YEARS - 1),):
        for year in range(first, min(last, first + _GREGORIAN_CYCLE_YEARS - 1) + 1):
            for month in range(1, 13):
                if not _within(interval.months, month):
                    continue
                length = monthrange(year, month)[1]
                days = (
                    interval._days(year, month) if interval.days_of_month else range(1, length + 1)
                )
                yield from (date(year, month, day) for day in days)


def _within(ranges: Ranges, value: int) -> bool:
    return not ranges or any(first <= value <= last for first, last in ranges)
