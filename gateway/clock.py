"""The clock; all other modules take `now` as an argument."""

import threading
import time
from collections.abc import Callable

CATCH_UP_RATE = 0.1
"""By how much time passes slower while the machine's clock is behind `now`. With a higher rate
the clocks agree sooner, and timers run later by that much until then."""

MAX_SKEW = 2.0
"""Seconds that a replica's clock and its database's may differ. NTP keeps them within 0.1 s. With
a higher limit, replicas write due times for each other that are late by as much."""


class SteadyClock:
    """Wall-clock time that never goes back. Any thread may read it.

    When the machine's clock is set forward, it follows at once. When it is set back, time goes on
    from where it was, a tenth slower, until both agree again. So a correction of an hour neither
    delays every page by an hour nor makes an alert end before it began (E35).
    """

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._read_at = monotonic()
        self._ahead = wall() - self._read_at

    def now(self) -> float:
        """Return the Unix time in seconds."""
        with self._lock:
            at = self._monotonic()
            wall = self._wall()
            slowed = self._ahead - CATCH_UP_RATE * (at - self._read_at)
            self._ahead = max(wall - at, slowed)
            self._read_at = at
            return at + self._ahead

    def drop_lead(self) -> float:
        """Set this clock to the machine's time; return the seconds by which it went back.

        Call it only when another clock confirms the machine's: see `FollowingClock`.
        """
        with self._lock:
            at = self._monotonic()
            ahead = self._ahead - CATCH_UP_RATE * (at - self._read_at)
            self._read_at, self._ahead = at, self._wall() - at
            return max(0.0, ahead - self._ahead)


class FollowingClock:
    """A clock that follows a reference while it is further away than LONGEST_SKEW.

    The reference is the clock of a database that several replicas share (E55). `skew` is the
    seconds that the machine's clock was ahead of it at the last comparison.
    """

    def __init__(
        self, now: Callable[[], float], drop_lead: Callable[[], float] = lambda: 0.0
    ) -> None:
        """Follow `now`; `drop_lead` takes its lead over the machine's clock away."""
        self._now = now
        self._drop_lead = drop_lead
        self._correction = 0.0
        self._compared = False
        self.skew = 0.0

    def now(self) -> float:
        """Return the Unix time in seconds.

        It steps, also back, when the clocks begin to differ.
        """
        return self._now() - self._correction

    def compare(self, before: float, after: float, reference: float) -> tuple[float, float]:
        """Compare with a reference that was read between two readings of `now`.

        Return `skew`, and the seconds by which `now` was ahead of the reference until this
        comparison corrected it (0 for the first one). The duration of the reading is not counted,
        so a slow network causes no skew. Only one thread may call it at a time.
        """
        apart = max(0.0, before - reference) or min(0.0, after - reference)
        ahead = apart + self._correction
        stepped, self._compared = apart if self._compared else 0.0, True
        if ahead > MAX_SKEW:
            ahead -= self._drop_lead()
        self.skew = ahead
        self._correction = ahead if is_skewed(ahead) else 0.0
        return ahead, stepped


def is_skewed(skew: float) -> bool:
    """Return whether two clocks with this skew must not work on one database."""
    return abs(skew) > MAX_SKEW


_steady = SteadyClock(time.time, time.monotonic)
_start_offset = time.time() - time.monotonic()


def now() -> float:
    """Return the Unix time in seconds, which never goes back.

    Not for short durations.
    """
    return _steady.now()


def drop_lead() -> float:
    """Set `now` to the machine's time; return the seconds by which it went back."""
    return _steady.drop_lead()


def unadjusted_now() -> float:
    """Return the Unix time without any steps since this process began.

    Compare it with instants of the same process, and only roughly with those of another.
    """
    return _start_offset + time.monotonic()


def monotonic() -> float:
    """Return seconds since an arbitrary start, for durations within this process."""
    return time.monotonic()
