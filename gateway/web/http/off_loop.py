"""Reading matchers that a client wrote without holding up everybody else.

Compiling a pattern may take some hundred milliseconds (see `core.pattern_cost`). RE2 lets other
threads run meanwhile.
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
    """Call `read`, which reads `texts`; in a thread where a pattern in them may be costly.

    Raises what `read` raises. `read` must not change anything that other tasks see.
    """
    if is_cheap("".join(texts)):
        return read(*args, **kwargs)
    return await asyncio.to_thread(read, *args, **kwargs)
