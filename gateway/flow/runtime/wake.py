"""Waiting of a loop for its next round."""

import asyncio
from contextlib import suppress


async def wait_for_wake(event: asyncio.Event, seconds: float) -> None:
    """Return when the event is set, or after so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
