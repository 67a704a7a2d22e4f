"""The only place that reads the clock; everything else takes `now` as an argument."""

import threading
import time
from collections.abc import Callable

CATCH_UP = 0.1
"""How much slower than real time passes while the machine's clock is behind what was told."""


class Steady:
    """Wall-clock time that never goes back.

    When the machine's clock is set forward, it follows at once. When it is set back, time goes on
    from where it was, a tenth slower, until both agree again: a correction of an hour must neither
    hold up every page for an hour nor make an alert end before it began (E35).
    """

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._read_at = monotonic()
        self._ahead = wall() - self._read_at

    def now(self) -> float:
        """Unix time in seconds, UTC."""
        with self._lock:
            at = self._monotonic()
            wall = self._wall()
            slowed = self._ahead - CATCH_UP * (at - self._read_at)
            self._ahead = max(wall - at, slowed)
            self._read_at = at
            return at + self._ahead


_steady = Steady(time.time, time.monotonic)


def now() -> float:
    """Unix time in seconds, UTC; never goes back. Not for measuring short durations."""
    return _steady.now()


def monotonic() -> float:
    """Seconds since an arbitrary start, never going back. For durations inside one process only."""
    return time.monotonic()
