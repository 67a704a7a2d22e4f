"""The clocks of a store: what a claim's lease is measured by, and how far clocks are apart."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway import clock


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where a store reads the time.

    `now`: Unix seconds, by which this replica decides. `monotonic`: seconds that never step.
    `lease`: Unix seconds by which leases are judged; None is the database's own clock, or, on
    SQLite, this process's clock without its steps. `compare` is called by the writer's thread
    at the beginning of each transaction on PostgreSQL with `now` before and after the database
    read its clock, and what that said. It returns the seconds that the replica is ahead, and
    those by which `now` has just been corrected.
    """

    now: Callable[[], float] = clock.now
    monotonic: Callable[[], float] = clock.monotonic
    lease: Callable[[], float] | None = None
    compare: Callable[[float, float, float], tuple[float, float]] = lambda *readings: (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class TransactionStart:
    """When a writing transaction began.

    `started_at`: seconds of the monotonic clock. `lease_now`: Unix seconds of the clock that leases
    are judged by. `skew`: seconds that this replica's clock is ahead of the database's, 0 while
    they agree as closely as can be measured.
    """

    started_at: float
    lease_now: float
    skew: float = 0.0
