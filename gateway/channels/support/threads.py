"""A bounded pool of threads for blocking calls: a synchronous SDK, a name lookup.

A thread cannot be stopped: its call goes on after the deadline and may deliver seconds later. Such
a call is reported as perhaps delivered, its thread is abandoned, and another takes its slot. So a
call that never returns does not use up the pool. The number of abandoned threads is bounded too;
beyond it calls fail at once.

The threads are daemons, one per call. The process would wait at its end for those of a
ThreadPoolExecutor, and for ever for a call that never returns.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar, cast

from gateway.core.incidents.retry import Failure, SendError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

MAX_ABANDONED = 64
"""Threads that may be past their deadline at once. A thread that waits takes about 100 kB and no
processor time; with more of them the process comes nearer to the system's limit of threads."""


class Threads:
    """Runs blocking calls, `size` at a time, each for at most `deadline` seconds.

    Belongs to one event loop; every method is called there.
    """

    def __init__(
        self, name: str, size: int, deadline: float, max_abandoned: int = MAX_ABANDONED
    ) -> None:
        self._name = name
        self._size = size
        self._deadline = deadline
        self._most_abandoned = max_abandoned
        self._slots = asyncio.Semaphore(size)
        self._closed = False
        self._running: set[asyncio.Future[Any]] = set()
        self._abandoned: set[asyncio.Future[Any]] = set()

    @property
    def busy(self) -> int:
        """Return the number of calls whose threads still run, abandoned ones included."""
        return len(self._running)

    @property
    def abandoned(self) -> int:
        """Return the number of calls that still run after their deadline."""
        return len(self._abandoned)

    def problem(self) -> str:
        """Return a warning if a whole pool of threads was abandoned, else empty text."""
        if self.abandoned < self._size:
            return ""
        return f"{self.abandoned} {self._name} calls have not come back, their threads are replaced"

    async def call(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a thread and return what it returns, or raise what it raises.

        Raises SendError(TIMEOUT): not delivered when no slot came free in time or too many
        threads are abandoned, perhaps delivered when the call itself took too long.
        """
        try:
            async with asyncio.timeout(self._deadline):
                await self._slots.acquire()
        except TimeoutError:
            detail = f"all connections are still busy after {self._deadline:g} s"
            raise SendError(Failure.TIMEOUT, detail) from None
        try:
            future = self._start(work)
            try:
                # Not wait_for, which would cancel the future, so that the thread is not counted.
                await asyncio.wait({future}, timeout=self._deadline)
            finally:
                if not future.done():
                    self._abandoned.add(future)
        finally:
            self._slots.release()
        if not future.done():
            logger.warning(
                "%s: a call is still running after its deadline: %d threads are abandoned",
                self._name,
                self.abandoned,
            )
            detail = f"no answer after {self._deadline:g} s"
            raise SendError(Failure.TIMEOUT, detail, perhaps=True)
        return future.result()

    def _start(self, work: Callable[[], Result]) -> "asyncio.Future[Result]":
        if self._closed:
            raise SendError(Failure.INTERNAL, "the channel is closed")
        if self.abandoned >= self._most_abandoned:
            raise SendError(Failure.TIMEOUT, f"{self.abandoned} earlier calls have not come back")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        thread = threading.Thread(
            target=copy_context().run,  # so that the SDK's log lines name the notice
            args=(_run, work, future),
            name=f"gateway-{self._name}",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:  # the system's limit of threads
            raise SendError(Failure.INTERNAL, "no thread could be started") from None
        self._running.add(future)
        future.add_done_callback(self._on_return)
        return future

    def _on_return(self, future: "asyncio.Future[Any]") -> None:
        self._running.discard(future)
        self._abandoned.discard(future)
        if not future.cancelled():
            future.exception()  # read, so that asyncio does not report a late error

    async def close(self) -> None:
        """Refuse more calls, and wait for those in flight, at most for a deadline."""
        self._closed = True
        running = set(self._running)
        if running:
            await asyncio.wait(running, timeout=self._deadline)
        if self.busy:
            logger.warning("%s: %d calls are still running at the end", self._name, self.busy)


def _run(work: Callable[[], Result], future: "asyncio.Future[Result]") -> None:
    """Do the work and pass its outcome to the loop. Runs in a thread."""
    result, error = None, None
    try:
        result = work()
    except BaseException as caught:
        error = caught

    def bring() -> None:
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast("Result", result))

    # The loop may be closed by now: then nothing awaits the future.
    with suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(bring)
