"""The only place that reads the clock; everything else takes `now` as an argument."""

import time


def now() -> float:
    """Unix time in seconds, UTC. Steps when the machine's clock is set: never measure with it."""
    return time.time()


def monotonic() -> float:
    """Seconds since an arbitrary start, never going back. For durations inside one process only."""
    return time.monotonic()
