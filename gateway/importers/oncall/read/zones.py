"""Rotations on the clock of another time zone."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from gateway.core.time.wallclock import instant, load_zone, wall_time
from gateway.importers.oncall.model.schedule import MINUTES_OF_WEEK, Rotation, Window

_DAY = 86400.0
_COMPARED_DAYS = 2 * 366


@lru_cache(maxsize=1024)
def same_clock(one: str, other: str, as_of: float) -> bool:
    """Return whether two zones have the same wall clock in the two years from `as_of` on."""
    if one == other:
        return True
    first, second = load_zone(one), load_zone(other)
    return all(
        wall_time(as_of + day * _DAY, first) == wall_time(as_of + day * _DAY, second)
        for day in range(_COMPARED_DAYS)
    )


def in_zone(rotation: Rotation, zone: str, as_of: float) -> Rotation:
    """Return the rotation on the clock of another zone, as that is at `as_of`.

    It is the same until one of the two clocks changes.
    """
    before, after = load_zone(rotation.zone), load_zone(zone)
    shift = wall_time(as_of, after) - wall_time(as_of, before)
    minutes = round(shift / timedelta(minutes=1))

    def moved(wall: datetime | None) -> datetime | None:
        return None if wall is None else wall_time(instant(wall, before), after)

    return replace(
        rotation,
        zone=zone,
        origin=rotation.origin + shift,
        starts=moved(rotation.starts),
        ends=moved(rotation.ends),
        windows=tuple(
            Window((one.start + minutes) % MINUTES_OF_WEEK, one.minutes) for one in rotation.windows
        ),
    )
