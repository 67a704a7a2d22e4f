"""Lag of the event loop: code that blocks it delays every request and every message."""

import asyncio

from gateway import clock
from gateway.metrics import Metrics

EVERY = 0.5
"""Seconds between two measurements."""


async def measure_loop_lag(metrics: Metrics, every: float = EVERY) -> None:
    """Measure until cancelled by how many seconds a sleep ends too late."""
    while True:
        expected = clock.monotonic() + every
        await asyncio.sleep(every)
        metrics.observe_loop_lag(clock.monotonic() - expected)
