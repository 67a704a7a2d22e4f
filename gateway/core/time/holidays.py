"""Holidays from several calendars, also from those that are read while the gateway runs."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from gateway.core.time.business_hours import HolidayCalendar


@dataclass(frozen=True, slots=True)
class CalendarHolidays:
    """The all-day events of a calendar; none while it is not known.

    `calendar` names it as routes.yaml does, with references in place of secrets. `days` are sorted.
    """

    calendar: str
    days: tuple[tuple[date, str], ...] = ()

    def name_of(self, day: date) -> str | None:
        """Return the name of a holiday, None for any other day."""
        at = bisect_left(self.days, day, key=lambda one: one[0])
        return self.days[at][1] if at < len(self.days) and self.days[at][0] == day else None


@dataclass(frozen=True, slots=True)
class HolidayUnion:
    """Days that are holidays in any of several calendars; the first one's name counts."""

    parts: tuple[HolidayCalendar, ...]

    def name_of(self, day: date) -> str | None:
        """Return the name of a holiday, None for any other day."""
        return next((name for one in self.parts if (name := one.name_of(day)) is not None), None)
