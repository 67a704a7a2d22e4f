"""How late the event loop is: what blocks it holds up every request and every message at once."""

import asyncio

from gateway import clock
from gateway.metrics import Metrics

EVERY = 0.5
"""Seconds between two looks."""


async def measure_loop_lag(metrics: Metrics, every: float = EVERY) -> None:
    """Sleep again and again, and count by how many seconds each waking came too late."""
    while True:
        wanted = clock.monotonic() + every
        await asyncio.sleep(every)
        metrics.observe_loop_lag(clock.monotonic() - wanted)
