"""Limits of how often a source may post, so that one sender in a loop does not crowd out others."""

import math
from dataclasses import dataclass

from gateway.core.plan.accounts import SourceSettings
from gateway.web.http.errors import RequestError

MINUTE = 60.0


class RateLimitedError(RequestError):
    """A post more than its source may make."""


@dataclass(slots=True)
class _Bucket:
    """How many posts a source may make now, and when that was counted."""

    left: float
    counted_at: float


class RateLimits:
    """Counts posts of sources with `max_per_minute`, for one process. Event loop only.

    A source may post a minute's worth at once; then one more each time that its share of a minute
    has passed.
    """

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def take(self, source: SourceSettings, now: float) -> None:
        """Count a post that was made `now` (monotonic seconds).

        Raises RateLimitedError with 503 and Retry-After for one too many: senders of alerts repeat
        a post after that, and not after 429.
        """
        most = source.max_per_minute
        if most is None:
            return
        bucket = self._buckets.setdefault(source.name, _Bucket(float(most), now))
        passed = max(0.0, now - bucket.counted_at)
        bucket.left = min(float(most), bucket.left + passed * most / MINUTE)
        bucket.counted_at = now
        if bucket.left < 1.0:
            pause = math.ceil((1.0 - bucket.left) * MINUTE / most)
            message = f"more than {most} posts in a minute: max_per_minute of the source"
            raise RateLimitedError(
                503,
                "the source posts too often",
                [{"field": "max_per_minute", "message": message}],
                headers={"Retry-After": str(pause)},
            )
        bucket.left -= 1.0
