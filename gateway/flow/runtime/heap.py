"""Return of unused memory to the operating system.

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
    """Free what a reload replaced.

    Blocks the event loop, but not longer than the reload did: objects of the start are excluded
    (see `gateway.cli.serve.settle`).
    """
    gc.collect()


async def trim() -> None:
    """Return freed memory, in a thread: the C library does it without Python's lock."""
    if _trim is not None:
        await asyncio.to_thread(_trim, 0)
