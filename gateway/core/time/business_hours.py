"""Business hours: the time by which an alert that may wait must be acknowledged."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from gateway.core.time.wallclock import instant, load_zone, wall_time

NEXT_BUSINESS_DAY = "next business day"
SAME_DAY = "same day"

_DAY = timedelta(days=1)
_LONGEST_SEARCH = 366
"""Days in which a business day is searched for. Without one, holidays are ignored."""


class HolidayCalendar(Protocol):
    """Public holidays; thread-safe, and equal for the same days."""

    def name_of(self, day: date) -> str | None:
        """Return the name of a holiday, None for any other day."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The working hours of a week, on the wall clock of one IANA zone; ``days``: 0 is Monday."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: time = time(9)
    end: time = time(17)
    holidays: HolidayCalendar | None = None

    def __post_init__(self) -> None:
        load_zone(self.zone)
        if not self.days or not set(self.days) <= set(range(7)):
            raise ValueError("business hours: days must name at least one of 0 (Monday) to 6")
        if self.end <= self.start:
            raise ValueError(
                "business hours: end must be later than start on the same day, "
                f"not {self.start:%H:%M} to {self.end:%H:%M}"
            )

    def holiday(self, day: date) -> str | None:
        """Return the name of the holiday on this day, None on other days."""
        return self.holidays.name_of(day) if self.holidays is not None else None

    def is_business_day(self, day: date) -> bool:
        """Return whether people work on this day."""
        return day.weekday() in self.days and self.holiday(day) is None


def holidays_between(hours: BusinessHours, start: float, end: float) -> list[tuple[date, str]]:
    """Return the holidays from ``start`` to ``end`` (Unix seconds) with their names, in order."""
    zone = load_zone(hours.zone)
    day, last = wall_time(start, zone).date(), wall_time(end, zone).date()
    holidays = []
    while hours.holidays is not None and day <= last:
        name = hours.holidays.name_of(day)
        if name is not None:
            holidays.append((day, name))
        day += _DAY
    return holidays


def next_business_day_end(hours: BusinessHours, t: float) -> float:
    """Return the end (Unix seconds) of the next business day after ``t``'s date.

    It is always a later day than today, however early in the morning ``t`` is: on a Monday it is
    Tuesday evening, on a Friday or a weekend it is Monday evening. Holidays are skipped.
    """
    zone = load_zone(hours.zone)
    day = wall_time(t, zone).date() + _DAY
    return instant(datetime.combine(_business_day(hours, day), hours.end), zone)


def same_day_end(hours: BusinessHours, t: float) -> float:
    """Return the end (Unix seconds) of the business hours of ``t``'s date.

    After that end, and on days off, it is the end of the next business day.
    """
    zone = load_zone(hours.zone)
    now = wall_time(t, zone)
    day = now.date()
    if now.time() >= hours.end:
        day += _DAY
    return instant(datetime.combine(_business_day(hours, day), hours.end), zone)


def _business_day(hours: BusinessHours, first: date) -> date:
    """Return the first business day from ``first`` on."""
    for count in range(_LONGEST_SEARCH):
        day = first + count * _DAY
        if hours.is_business_day(day):
            return day
    return next(
        day for day in (first + count * _DAY for count in range(7)) if day.weekday() in hours.days
    )


def respond_by(within: float | str, t: float, hours: BusinessHours) -> float:
    """Return by when something that began at ``t`` must be acknowledged.

    ``within`` is in seconds, or "same day", or "next business day". Raises ValueError for any
    other text.
    """
    if not isinstance(within, str):
        return t + within
    if within == SAME_DAY:
        return same_day_end(hours, t)
    if within == NEXT_BUSINESS_DAY:
        return next_business_day_end(hours, t)
    raise ValueError(
        f"respond within {within!r}: write a duration such as 15m, {SAME_DAY!r} or "
        f"{NEXT_BUSINESS_DAY!r}"
    )
