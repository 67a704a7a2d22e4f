"""Supervisor of the background loops, which restarts one that fails and reports it.

No other module starts a task that runs as long as the gateway.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.flow.runtime.health import Health
from gateway.store import StoreUnavailableError

log = logging.getLogger(__name__)

RESTART_AFTER = 1.0
"""Seconds after which a loop that failed is started again."""

HEALTHY_AFTER = 60.0
"""Seconds without a failure after which a loop is healthy, where it has no rounds to report."""


@dataclass(slots=True)
class Loop:
    """One supervised loop and its health."""

    name: str
    body: Callable[[], Awaitable[None]]
    failing_since: float | None = None
    failed_at: float = 0.0
    error: str = ""


class Supervisor:
    """Runs loops until they are stopped, and starts one that failed again."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tasks: list[asyncio.Task[None]] = []
        self.loops: dict[str, Loop] = {}

    def start(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """Start a loop; `body` must never return."""
        loop = Loop(name, body)
        self.loops[name] = loop
        self._tasks.append(asyncio.get_running_loop().create_task(self._guard(loop), name=name))

    async def _guard(self, loop: Loop) -> None:
        while True:
            try:
                await loop.body()
                raise RuntimeError("the loop ended by itself")
            except asyncio.CancelledError:
                raise
            except StoreUnavailableError as error:
                self._failed(loop, str(error))
            except Exception as error:
                log.exception("loop %s failed", loop.name)
                self._failed(loop, type(error).__name__)
            await asyncio.sleep(RESTART_AFTER)

    def _failed(self, loop: Loop, error: str) -> None:
        if loop.failing_since is None:
            loop.failing_since = self._now()
            log.error("loop %s cannot work: %s", loop.name, error)
        loop.error = error
        loop.failed_at = self._now()

    def mark_healthy(self, name: str) -> None:
        """Record that a loop completed a round."""
        loop = self.loops.get(name)
        if loop is not None and loop.failing_since is not None:
            log.info("loop %s works again", name)
            loop.failing_since = None

    def health(self) -> list[Health]:
        """Return the health of each loop."""
        now, components = self._now(), []
        self._clear_old_failures(now)
        for name, loop in self.loops.items():
            since = loop.failing_since
            text = f"failing for {now - since:.0f} s: {loop.error}" if since is not None else ""
            components.append(Health(name, text, text.partition(":")[0], ok=not text))
        return components

    def _clear_old_failures(self, now: float) -> None:
        """Count loops that have not failed for a while as healthy: not each has rounds."""
        for loop in self.loops.values():
            if loop.failing_since is not None and now - loop.failed_at > HEALTHY_AFTER:
                self.mark_healthy(loop.name)

    async def stop(self) -> None:
        """Cancel all loops, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
