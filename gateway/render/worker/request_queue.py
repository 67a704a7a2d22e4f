"""Templates in a render process, for the server: most urgent first, without blocking the loop."""

import asyncio
import heapq
import logging
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from gateway import clock
from gateway.render.finish import Outcome
from gateway.render.jinja.failure import TemplateRenderError
from gateway.render.worker.limits import WALL_SECONDS
from gateway.render.worker.process import RenderProcess, spawn
from gateway.render.worker.stopped_templates import UNKNOWN_TEMPLATE, StoppedTemplates, parts_in
from gateway.render.worker.wire import HEADER, Answer, answer_length, pack_request, unpack_answer

log = logging.getLogger(__name__)

MAX_WAIT = 1.0
"""Seconds that a message waits to be rendered, the queue included. Then plain text is sent."""

MAX_START_WAIT = 5.0
"""Seconds that a start or a reload waits for the render process."""

_RESPONSE_TIMEOUT = WALL_SECONDS + 3.0
"""Seconds until a process without an answer is replaced. Its timers end a worker sooner."""

_START_TIMEOUT = 15.0
"""Seconds that a new process may take to be ready, on a machine that is very busy."""

_PAUSES = (1.0, 5.0, 30.0)
"""Seconds between attempts to start a process that does not start."""


class RequestQueue:
    """A queue of requests, and one process that answers them one by one. For one event loop."""

    def __init__(self, folders: Sequence[Path], external_url: str) -> None:
        self._folders = tuple(folders)
        self._external_url = external_url
        self._stopped = StoppedTemplates(clock.monotonic)
        self._queue: list[tuple[int, int, tuple[Any, ...], asyncio.Future[Outcome]]] = []
        self._order = count()
        self._arrived = asyncio.Event()
        self._ready = asyncio.Event()
        self._process: RenderProcess | None = None
        self._task: asyncio.Task[None] | None = None
        self.waiting = 0  # messages that wait to be rendered
        self._closed = False
        self.problem = ""  # why no process runs; "" while one does, or starts

    async def start(self) -> None:
        """Start the process; wait until it is ready or failed, at most MAX_START_WAIT."""
        self._begin()
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_START_WAIT):
                await self._ready.wait()

    async def render_parts(self, rank: int, details: tuple[Any, ...]) -> Outcome:
        """Render the parts. Returns a failure after MAX_WAIT seconds at the latest.

        `rank`: requests of a lower one go first. `details`: see `wire.details_of`.
        """
        self._begin()
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (rank, next(self._order), details, future))
        self._arrived.set()
        self.waiting += 1
        try:
            async with asyncio.timeout(MAX_WAIT):
                outcome: Outcome = await future
        except TimeoutError:
            why = self.problem or "other templates took too long"
            return TemplateRenderError(
                UNKNOWN_TEMPLATE, None, f"not rendered within {MAX_WAIT:g} s: {why}"
            )
        finally:
            self.waiting -= 1
        return outcome

    async def close(self) -> None:
        """End the process. Requests still in the queue fail."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        process, self._process = self._process, None
        if process is not None:
            await asyncio.to_thread(process.end)

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="templates")
            self._task.add_done_callback(_report)

    async def _run(self) -> None:
        failures = 0
        while True:
            if self._process is None:
                await self._start_process()
                self._ready.set()
            if self._process is None:
                self._fail_all()
                pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
                failures += 1
                await self._fail_for(pause)
                continue
            failures = 0
            details, future = await self._next()
            if not future.done():
                outcome = await self._exchange(details)
                if not future.done():
                    future.set_result(outcome)

    async def _next(self) -> tuple[tuple[Any, ...], "asyncio.Future[Outcome]"]:
        while not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        *_, details, future = heapq.heappop(self._queue)
        return details, future

    async def _exchange(self, details: tuple[Any, ...]) -> Outcome:
        try:
            answer = await self._ask(("render", self._stopped.problems(), *details))
            failure = self._stopped.failure_in(answer)
            if failure is None:
                return parts_in(answer)
            if "stopped" in answer:
                log.warning("template stopped: %s", failure.problem, extra=_extra(failure))
            return failure
        except (OSError, EOFError, ValueError) as error:
            log.warning("the render process is replaced: %s", type(error).__name__)
            await self._kill()
            return TemplateRenderError(UNKNOWN_TEMPLATE, None, "the render process was lost")
        except Exception:  # one request must not stop the queue
            log.exception("rendering failed")
            await self._kill()
            return TemplateRenderError(
                UNKNOWN_TEMPLATE, None, "the gateway has a fault, see its log"
            )

    async def _ask(self, request: tuple[Any, ...]) -> Answer:
        assert self._process is not None
        loop, channel = asyncio.get_running_loop(), self._process.channel
        async with asyncio.timeout(_RESPONSE_TIMEOUT):
            await loop.sock_sendall(channel, pack_request(request))
            return await self._read()

    async def _read(self) -> Answer:
        header = await self._exactly(HEADER)
        return unpack_answer(await self._exactly(answer_length(header)))

    async def _exactly(self, length: int) -> bytes:
        assert self._process is not None
        loop, channel = asyncio.get_running_loop(), self._process.channel
        content = bytearray()
        while len(content) < length:
            part = await loop.sock_recv(channel, min(length - len(content), 1 << 20))
            if not part:
                raise EOFError("the render process ended")
            content += part
        return bytes(content)

    async def _start_process(self) -> None:
        try:
            # In a thread: starting a program blocks for some milliseconds.
            starting = asyncio.get_running_loop().run_in_executor(
                None, spawn, self._folders, self._external_url
            )
            starting.add_done_callback(self._started)  # also when we are cancelled meanwhile
            await asyncio.shield(starting)
            assert self._process is not None
            self._process.channel.setblocking(False)  # noqa: FBT003 (socket's method takes no keyword)
            async with asyncio.timeout(_START_TIMEOUT):
                await self._read()
            self.problem = ""
        except (OSError, EOFError, ValueError) as error:
            await self._kill()
            reason = "it took too long" if isinstance(error, TimeoutError) else str(error)
            self.problem = f"the process for templates does not start: {reason}"
            log.error("%s; messages are sent in plain text", self.problem)

    def _started(self, starting: "asyncio.Future[RenderProcess]") -> None:
        if starting.cancelled() or starting.exception() is not None:
            return
        if self._closed:
            starting.result().channel.close()  # which ends it
        else:
            self._process = starting.result()

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await asyncio.to_thread(process.kill)

    def _fail_all(self) -> None:
        while self._queue:
            *_, future = heapq.heappop(self._queue)
            if not future.done():
                future.set_result(TemplateRenderError(UNKNOWN_TEMPLATE, None, self.problem))

    async def _fail_for(self, seconds: float) -> None:
        """Answer requests with the problem at once until it is time to try again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self._arrived.clear()
                    await self._arrived.wait()
                    self._fail_all()


def _report(task: "asyncio.Task[None]") -> None:
    """Log the fault that ended the queue; the next message starts it anew."""
    if not task.cancelled() and task.exception() is not None:
        log.error("the queue of templates ended", exc_info=task.exception())


def _extra(failure: TemplateRenderError) -> dict[str, object]:
    return {"template": failure.template}
