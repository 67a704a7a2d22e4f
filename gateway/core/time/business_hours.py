"""Business hours: the time by which an alert that may wait must be acknowledged."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gateway.core.time.wallclock import instant, load_zone, wall_time

NEXT_BUSINESS_DAY = "next business day"

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The working hours of a week, on the wall clock of one IANA zone; ``days``: 0 is Monday."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: time = time(9)
    end: time = time(17)

    def __post_init__(self) -> None:
        load_zone(self.zone)
        if not self.days or not set(self.days) <= set(range(7)):
            raise ValueError("business hours: days must name at least one of 0 (Monday) to 6")
        if self.end <= self.start:
            raise ValueError(
                "business hours: end must be later than start on the same day, "
                f"not {self.start:%H:%M} to {self.end:%H:%M}"
            )


def next_business_day_end(hours: BusinessHours, t: float) -> float:
    """Return the end (unix seconds UTC) of the next business day after ``t``'s date.

    It is always a later day than today, however early in the morning ``t`` is: on a Monday it is
    Tuesday evening, on a Friday or a weekend it is Monday evening.
    """
    zone = load_zone(hours.zone)
    day = wall_time(t, zone).date() + _DAY
    while day.weekday() not in hours.days:
        day += _DAY
    return instant(datetime.combine(day, hours.end), zone)


def respond_by(within: float | str, t: float, hours: BusinessHours) -> float:
    """Return by when something that began at ``t`` must be acknowledged.

    ``within`` is in seconds, or "next business day". Raises ValueError for any other text.
    """
    if not isinstance(within, str):
        return t + within
    if within != NEXT_BUSINESS_DAY:
        raise ValueError(
            f"respond within {within!r}: write a duration such as 15m, or {NEXT_BUSINESS_DAY!r}"
        )
    return next_business_day_end(hours, t)
