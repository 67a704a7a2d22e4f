"""Parsing of a client's matchers in a thread where it may take long.

Compiling a pattern can take some hundred milliseconds (see `core.matching.pattern_cost`). RE2
releases the interpreter meanwhile, so the event loop goes on.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from gateway.core.matching.pattern_cost import is_cheap

P = ParamSpec("P")
R = TypeVar("R")


async def read_off_loop(
    texts: Iterable[str], read: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Return the result of `read`; call it in a thread if a pattern in `texts` may be costly.

    Raise what `read` raises. `read` may run in another thread: it must change nothing shared.
    """
    if is_cheap("".join(texts)):
        return read(*args, **kwargs)
    return await asyncio.to_thread(read, *args, **kwargs)
