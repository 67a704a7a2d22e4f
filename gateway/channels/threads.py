"""A bounded pool of threads for one synchronous SDK.

A thread cannot be stopped from outside: after an await is given up the call goes on, and may
deliver seconds later. So a call that outlives its deadline is reported as perhaps delivered, and
its slot stays taken until the thread has really come back.

The threads are daemons of our own, one a call. Those of a ThreadPoolExecutor are waited for when
the process ends, and a vendor that drips its answer would keep the process for ever.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from gateway.core.delivery import Failure, SendError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class Threads:
    """Runs blocking calls, `size` at a time, each for at most `deadline` seconds."""

    def __init__(self, name: str, size: int, deadline: float) -> None:
        self._name = name
        self._deadline = deadline
        self._slots = asyncio.Semaphore(size)
        self._closed = False
        self._running: set[asyncio.Future[Any]] = set()

    @property
    def busy(self) -> int:
        """Calls whose threads have not come back yet."""
        return len(self._running)

    async def call(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a thread and return what it returns, or raise what it raises.

        Raises SendError(TIMEOUT): not delivered when no slot came free in time, perhaps delivered
        when the call itself took too long.
        """
        try:
            async with asyncio.timeout(self._deadline):
                await self._slots.acquire()
        except TimeoutError:
            detail = f"all connections are still busy after {self._deadline:g} s"
            raise SendError(Failure.TIMEOUT, detail) from None
        if self._closed:
            self._slots.release()
            raise SendError(Failure.INTERNAL, "the channel is closed")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._running.add(future)
        future.add_done_callback(self._came_back)
        name = f"gateway-{self._name}"
        threading.Thread(target=_run, args=(work, future), name=name, daemon=True).start()
        # wait, not wait_for: that one would cancel the future and lose sight of the thread.
        done, _ = await asyncio.wait({future}, timeout=self._deadline)
        if not done:
            logger.warning("%s: a call is still running after its deadline", self._name)
            detail = f"no answer after {self._deadline:g} s"
            raise SendError(Failure.TIMEOUT, detail, perhaps=True)
        return future.result()

    def _came_back(self, future: "asyncio.Future[Any]") -> None:
        self._running.discard(future)
        self._slots.release()
        if not future.cancelled():
            future.exception()  # read, so that nobody complains about what came too late

    async def close(self) -> None:
        """Take no more calls, and wait for those in flight, a deadline long at most."""
        self._closed = True
        running = set(self._running)
        if running:
            await asyncio.wait(running, timeout=self._deadline)
        if self.busy:
            logger.warning("%s: %d calls are still running at the end", self._name, self.busy)


def _run(work: Callable[[], Result], future: "asyncio.Future[Result]") -> None:
    """In a thread: do the work and bring what came of it to the loop."""
    result, error = None, None
    try:
        result = work()
    except BaseException as raised:
        error = raised

    def bring() -> None:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("Result", result))

    # The loop may be closed by now: then nobody waits any more.
    with suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(bring)
