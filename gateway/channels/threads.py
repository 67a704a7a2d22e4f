"""A bounded pool of threads for one synchronous SDK.

A thread cannot be stopped from outside: after an await is given up the call goes on, and may
deliver seconds later. So a call that outlives its deadline is reported as perhaps delivered, and
its slot stays taken until the thread has really come back.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from gateway.core.delivery import Failure, SendError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class Threads:
    """Runs blocking calls, `size` at a time, each for at most `deadline` seconds."""

    def __init__(self, name: str, size: int, deadline: float) -> None:
        self._name = name
        self._deadline = deadline
        self._slots = asyncio.Semaphore(size)
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=f"gateway-{name}")
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
        try:
            future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        except RuntimeError:
            self._slots.release()
            raise SendError(Failure.INTERNAL, "the channel is closed") from None
        self._running.add(future)
        future.add_done_callback(self._came_back)
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
        """Wait for the calls in flight, a deadline long at most, and let the threads go."""
        running = set(self._running)
        if running:
            await asyncio.wait(running, timeout=self._deadline)
        stuck = self.busy
        if stuck:
            logger.warning("%s: %d calls are still running at the end", self._name, stuck)
        # Idle threads end at once; stuck ones cannot be waited for here.
        self._executor.shutdown(wait=not stuck, cancel_futures=True)
