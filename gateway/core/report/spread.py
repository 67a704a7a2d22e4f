"""The spread of a set of durations: median, ninth decile and maximum."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Spread:
    """How values spread, in seconds. Each is one of the values (nearest rank)."""

    count: int
    median: float
    p90: float
    longest: float


def spread(values: Sequence[float]) -> Spread | None:
    """Return the spread of values in any order; None without values."""
    if not values:
        return None
    ordered = sorted(values)
    return Spread(len(ordered), nearest_rank(ordered, 50), nearest_rank(ordered, 90), ordered[-1])


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least `percent` of the values do not exceed."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
