"""Nights and weekends, the same for shares of duty and for interruptions."""

from datetime import datetime, time

NIGHT = time(22), time(7)
"""When a night begins and ends, on the person's wall clock."""

SATURDAY = 5
"""The first day of a weekend, as `date.weekday` counts; it ends with Sunday."""


def is_night(wall: datetime) -> bool:
    """Return whether a wall-clock time is in a night, which holds its start and not its end."""
    return wall.time() >= NIGHT[0] or wall.time() < NIGHT[1]


def is_weekend(wall: datetime) -> bool:
    """Return whether a wall-clock time is on a Saturday or a Sunday."""
    return wall.weekday() >= SATURDAY
