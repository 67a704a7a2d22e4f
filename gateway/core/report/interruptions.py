"""Interruptions: how often urgent notices took a person out of sleep, leisure or work."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.core.time.business_hours import BusinessHours
from gateway.core.time.off_hours import is_night, is_weekend
from gateway.core.time.wallclock import load_zone, wall_time

SAME_INTERRUPTION = 300.0
"""Seconds from the first notice of an interruption within which further ones belong to it."""


@dataclass(frozen=True, slots=True)
class Interruptions:
    """Counts of one person. One at night on a weekend is in `nights` and in `weekends`."""

    total: int = 0
    nights: int = 0
    weekends: int = 0
    holidays: int = 0
    off_hours: int = 0  # at night, on a weekend or on a holiday, each counted once


def starts_of(notices: Iterable[float]) -> list[float]:
    """Return the instants at which interruptions began, given those of urgent notices."""
    starts: list[float] = []
    for at in sorted(notices):
        if not starts or at >= starts[-1] + SAME_INTERRUPTION:
            starts.append(at)
    return starts


def count_interruptions(
    notices: Iterable[float], zone_name: str, hours: BusinessHours
) -> Interruptions:
    """Count the interruptions of a person in an IANA zone.

    Nights and weekends are on the person's wall clock, holidays those of `hours`.
    """
    zone = load_zone(zone_name)
    total = nights = weekends = holidays = off_hours = 0
    for at in starts_of(notices):
        wall = wall_time(at, zone)
        night, weekend = is_night(wall), is_weekend(wall)
        holiday = hours.holiday(wall.date()) is not None
        total += 1
        nights += night
        weekends += weekend
        holidays += holiday
        off_hours += night or weekend or holiday
    return Interruptions(total, nights, weekends, holidays, off_hours)
