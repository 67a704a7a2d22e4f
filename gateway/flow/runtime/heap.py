"""Memory that is not used any more goes back to the system.

Python frees objects in cycles when enough new ones were made, which at a few alerts a second is
hours after a reload. And glibc keeps what was freed between two blocks that are in use.
"""

import asyncio
import ctypes
import gc
from collections.abc import Callable


def _trimmer() -> Callable[[int], int] | None:
    """Return glibc's malloc_trim(3); None with another C library."""
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim


_trim = _trimmer()


def collect() -> None:
    """Free what a reload replaced. It holds the loop up for as long as the reload did, or less:
    what the start made is not looked at (see `gateway.cli.serve.apply_queue_steps`)."""
    gc.collect()


async def trim() -> None:
    """Give freed memory back, in a thread: the C library does it without Python's lock."""
    if _trim is not None:
        await asyncio.to_thread(_trim, 0)
