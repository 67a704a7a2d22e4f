"""Budget of pings: a job in an endless loop must not keep the writer busy."""

from dataclasses import dataclass

BURST = 60.0
"""Pings of one job that are taken at once. Lower: parallel runs of one job are refused."""

PER_SECOND = 1.0
"""Pings a second that one job may go on with."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class PingBudget:
    """What each job may still ping, in memory. Used from the event loop only."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str, now: float) -> bool:
        """Return whether one more ping at `now` (Unix seconds) is within the budget."""
        bucket = self._buckets.setdefault(name, _Bucket(BURST, now))
        bucket.left = min(BURST, bucket.left + max(0.0, now - bucket.at) * PER_SECOND)
        bucket.at = now
        if bucket.left < 1.0:
            return False
        bucket.left -= 1.0
        return True
