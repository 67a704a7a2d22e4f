"""Quiet hours: the part of each day in which notifications that are not urgent wait."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gateway.core.time.wallclock import instant, load_zone, wall_time

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` each day, on the wall clock of an IANA zone.

    An end before the start is reached on the next day. Equal times mean none at all.
    """

    zone: str
    start: time
    end: time

    def end_after(self, t: float) -> float | None:
        """Return when the quiet hours that hold `t` end (Unix seconds); None outside of them.

        They hold their start and not their end. On days when the clocks change they are shorter
        or longer, because both ends are times of the wall clock.
        """
        if self.start == self.end:
            return None
        zone = load_zone(self.zone)
        today = wall_time(t, zone).date()
        for day in (today - _DAY, today):
            last_day = day if self.start < self.end else day + _DAY
            begins = instant(datetime.combine(day, self.start), zone)
            ends = instant(datetime.combine(last_day, self.end), zone)
            if begins <= t < ends:
                return ends
        return None
