"""Monitor of the embedded database: finds damage in its file while it is in use."""

import asyncio
import logging
from collections.abc import Callable

from gateway.flow.runtime.health import Health
from gateway.metrics import Metrics
from gateway.store import Store, StoreUnavailableError

log = logging.getLogger(__name__)

FIRST = 60.0
"""Seconds from the start to the first check, so that it does not slow the start."""

EVERY = 3600.0
"""Seconds between two checks. A check reads the whole file, damage is rare and does not go away."""

AGAIN = 300.0
"""Seconds to the next check after damage, so that a restored file is soon reported as intact."""

REST = 100.0
"""Pause after a check, as a multiple of its duration: bounds its share of the disk."""


class IntegrityMonitor:
    """Checks the database file again and again; `problem` says what is damaged, or is empty."""

    def __init__(self, store: Store, metrics: Metrics, monotonic: Callable[[], float]) -> None:
        """`monotonic` returns seconds that never go back."""
        self._store = store
        self._metrics = metrics
        self._monotonic = monotonic
        self.problem = ""

    async def run(self) -> None:
        """Check until cancelled."""
        await asyncio.sleep(FIRST)
        while True:
            started_at = self._monotonic()
            await self.check()
            duration = self._monotonic() - started_at
            every = AGAIN if self.problem else EVERY
            await asyncio.sleep(max(every, REST * duration))

    async def check(self) -> None:
        """Check one table after the other, each in a short transaction that only reads.

        Pauses after each table as long as its check took, so it uses at most half of the disk's
        time. The store reports problems other than damage.
        """
        damaged = []
        try:
            for table in await self._store.table_names():
                started_at = self._monotonic()
                if await self._store.is_damaged(table):
                    damaged.append(table)
                await asyncio.sleep(self._monotonic() - started_at)
        except StoreUnavailableError as error:
            log.info("the database could not be checked for damage: %s", error)
            return
        self._report(damaged)

    def health(self) -> Health:
        """Return the health of the database file."""
        return Health("database file", self.problem, ok=not self.problem)

    def _report(self, damaged: list[str]) -> None:
        previous, self.problem = self.problem, ""
        if damaged:
            self.problem = (
                f"the database file is damaged (in {', '.join(damaged)}): restore a backup,"
                " see docs/operating.md"
            )
        if self.problem and self.problem != previous:
            log.error("%s", self.problem)
        elif previous and not self.problem:
            log.info("the database file is intact again")
        self._metrics.set_store_intact(intact=not damaged)
