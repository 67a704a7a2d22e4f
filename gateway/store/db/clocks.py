"""The clocks of a store: for decisions, for leases, and their skew."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway import clock


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where a store reads the time.

    `now`: Unix seconds for this replica's decisions. `monotonic`: seconds that never step.
    `lease`: Unix seconds for leases. None means the database's clock, or on SQLite the clock of
    this process without its steps.

    `compare` is called by the writer's thread at the start of each transaction on PostgreSQL. It
    gets `now` before and after the database read its clock, and the reading. It returns the
    seconds that the replica is ahead, and those by which it has just corrected `now`.
    """

    now: Callable[[], float] = clock.now
    monotonic: Callable[[], float] = clock.monotonic
    lease: Callable[[], float] | None = None
    compare: Callable[[float, float, float], tuple[float, float]] = lambda *readings: (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class TransactionStart:
    """When a writing transaction began.

    `started_at`: seconds of the monotonic clock. `lease_now`: Unix seconds of the clock for leases.
    `skew`: seconds that this replica's clock is ahead of the database's, 0 if none is measurable.
    """

    started_at: float
    lease_now: float
    skew: float = 0.0
