"""Looks for damage in the embedded database while it is in use, and not at the next start."""

import asyncio
import logging
from collections.abc import Callable

from gateway.flow.runtime.health import Health
from gateway.metrics import Metrics
from gateway.store import Store, StoreUnavailableError

log = logging.getLogger(__name__)

FIRST = 60.0
"""Seconds from the start to the first check: when the start's own reading is over."""

EVERY = 3600.0
"""Seconds between two checks. A check reads the whole file; damage is seldom and does not mend."""

AGAIN = 300.0
"""Seconds to the next check while there is damage: a restored file is soon known to be good."""

REST = 100.0
"""A check takes at most one part in so many of the time, however large the file."""


class IntegrityMonitor:
    """The check, and what it found. `problem` says what is damaged, or is empty."""

    def __init__(self, store: Store, metrics: Metrics, monotonic: Callable[[], float]) -> None:
        """`monotonic`: seconds that never go back."""
        self._store = store
        self._metrics = metrics
        self._monotonic = monotonic
        self.problem = ""

    async def run(self) -> None:
        """Check again and again, for ever."""
        await asyncio.sleep(FIRST)
        while True:
            began = self._monotonic()
            await self.check()
            took = self._monotonic() - began
            every = AGAIN if self.problem else EVERY
            await asyncio.sleep(max(every, REST * took))

    async def check(self) -> None:
        """Check one table after the other, each in a short transaction that only reads.

        After each it rests for as long as that took, so that it never uses more than half of
        the disk. Trouble other than damage is the store's to report.
        """
        damaged = []
        try:
            for table in await self._store.table_names():
                began = self._monotonic()
                if await self._store.is_damaged(table):
                    damaged.append(table)
                await asyncio.sleep(self._monotonic() - began)
        except StoreUnavailableError as error:
            log.info("the database could not be checked for damage: %s", error)
            return
        self._report(damaged)

    def health(self) -> Health:
        """Return the health of the database file."""
        return Health("database file", not self.problem, self.problem)

    def _report(self, damaged: list[str]) -> None:
        known, self.problem = self.problem, ""
        if damaged:
            self.problem = (
                f"the database file is damaged (in {', '.join(damaged)}): restore a backup,"
                " see docs/operating.md"
            )
        if self.problem and self.problem != known:
            log.error("%s", self.problem)
        elif known and not self.problem:
            log.info("the database file is well again")
        self._metrics.set_store_intact(not damaged)
