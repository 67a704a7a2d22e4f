"""The spread of a set of durations: median, ninth decile and maximum."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

RUN = 1024
"""Values that are sorted at once. Sorting a hundred thousand takes 40 ms in one call, and the
interpreter's lock is held meanwhile, so no alert would be taken in."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How values spread, in seconds. Each is one of the values (nearest rank)."""

    count: int
    median: float
    p90: float
    longest: float


class Durations:
    """Collects values in sorted runs. Not thread-safe: one caller at a time."""

    __slots__ = ("_open", "_runs")

    def __init__(self, values: Sequence[float] = ()) -> None:
        self._runs: list[list[float]] = []
        self._open: list[float] = []
        self.add(values)

    def add(self, values: Sequence[float]) -> None:
        """Add values."""
        self._open += values
        while len(self._open) >= RUN:
            run, self._open = self._open[:RUN], self._open[RUN:]
            run.sort()
            self._runs.append(run)

    def add_all(self, other: "Durations") -> None:
        """Add the values of another one, whose runs are shared and stay as they are."""
        self._runs += other._runs
        self.add(other._open)

    def spread(self) -> Spread | None:
        """Return the spread of the values; None without values."""
        runs = [*self._runs, sorted(self._open)] if self._open else self._runs
        count = sum(map(len, runs))
        if not count:
            return None
        median, p90 = (_at(runs, ceil(count * percent / 100) - 1) for percent in (50, 90))
        return Spread(count, median, p90, max(run[-1] for run in runs))


def _at(runs: Sequence[Sequence[float]], position: int) -> float:
    """Return the value that would stand at a position if all runs were sorted together.

    Each round takes the middle of the widest window as pivot, and leaves in the windows only the
    values on the side of it where the position is.
    """
    lows, highs = [0] * len(runs), [len(run) for run in runs]
    while True:
        widest = max(range(len(runs)), key=lambda index: highs[index] - lows[index])
        pivot = runs[widest][(lows[widest] + highs[widest]) // 2]
        windows = list(zip(runs, lows, highs, strict=True))
        below = [bisect_left(run, pivot, low, high) for run, low, high in windows]
        up_to = [bisect_right(run, pivot, low, high) for run, low, high in windows]
        if position < sum(below):
            highs = below
        elif position >= sum(up_to):
            lows = up_to
        else:
            return pivot
