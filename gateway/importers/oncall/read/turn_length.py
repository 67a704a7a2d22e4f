"""Lengths of turns: seconds as a number of weeks, days or hours."""

from typing import NamedTuple

from gateway.core.oncall.types import Unit

HOUR, DAY, WEEK = 3600, 86400, 604800
LONGEST: dict[Unit, int] = {"hour": 8784, "day": 366, "week": 53, "month": 12}
"""How many units a turn in routes.yaml may have: a year."""


class TurnLength(NamedTuple):
    """A number of units."""

    every: int
    unit: Unit


def turn_length(seconds: int) -> TurnLength | None:
    """Return the largest unit in which a length is a whole number; None if there is none."""
    for unit, length in (("week", WEEK), ("day", DAY), ("hour", HOUR)):
        if seconds > 0 and seconds % length == 0:
            return TurnLength(seconds // length, unit)  # type: ignore[arg-type]
    return None


def too_long(length: TurnLength) -> bool:
    """Return whether routes.yaml refuses a turn of this length."""
    return length.every > LONGEST[length.unit]
