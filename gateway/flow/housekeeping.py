"""Housekeeping: periodic writes, retention, and a probe of the database."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from gateway.clock import is_skewed
from gateway.flow.delivery.pool import SenderPool
from gateway.flow.intake.intake import Intake
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.runtime import heap
from gateway.flow.runtime.dependencies import Dependencies
from gateway.flow.runtime.health import Health
from gateway.store import StoreUnavailableError
from gateway.store.state import downtimes, duty, retention

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two rounds."""

PRUNE_EVERY = 60
"""Rounds between two deletions of what is past its retention."""

PROBE = 2.0
"""Seconds between two probes of the database. Higher reports a lost database later."""

EVICT_AFTER = 1200.0
"""Seconds after its end for which an alert stays in the re-post cache. Prometheus reports a
resolved alert for 15 minutes (resolvedRetention in its rules/alerting.go); after eviction each
report reads the database. Higher costs memory, about 1 kB for each resolved alert."""

PRUNED_AT_ONCE = 500
"""Rows of each kind deleted in one transaction. Higher makes other writes wait longer."""


class Housekeeping:
    """Runs the periodic work; `store_problem` is the last error of the store, or empty."""

    def __init__(
        self,
        dependencies: Dependencies,
        clear_caches: Callable[[], None],
        repost_cache: RepostCache,
        intake: Intake,
        delivery: SenderPool,
    ) -> None:
        """`clear_caches` is called when a commit may have been lost with the connection."""
        self._dependencies = dependencies
        self._clear_caches = clear_caches
        self._repost_cache = repost_cache
        self._intake = intake
        self._delivery = delivery
        self._epoch = 0
        self._skewed = False
        self.store_problem = ""

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Write what is only cached, close what is not used, delete what is past its retention."""
        rounds = 0
        while True:
            await asyncio.sleep(EVERY)
            now = self._dependencies.now()
            await self._intake.write_extensions(now)
            await self._delivery.close_retired()
            if rounds % PRUNE_EVERY == 0:
                await self._delivery.find_removed()
                self._repost_cache.evict_ended(now - EVICT_AFTER)
                await self._prune(now)
                await heap.trim()
            rounds += 1
            mark_healthy()

    async def _prune(self, now: float) -> None:
        """Delete what is past its retention, in short transactions."""
        store, limit = self._dependencies.store, PRUNED_AT_ONCE
        before = now - self._dependencies.retention
        while await store.write(partial(retention.prune, before=before, limit=limit)):
            pass
        before = now - self._dependencies.duty_retention
        while await store.write(partial(duty.prune, before=before, limit=limit)):
            pass

    async def probe(self) -> None:
        """Check until cancelled whether the database accepts writes; clear caches after a loss."""
        while True:
            try:
                await self._dependencies.store.write(
                    partial(downtimes.record_work, now=self._dependencies.now())
                )
            except StoreUnavailableError as error:
                self.store_problem = str(error)
            else:
                self.store_problem = ""
            self._dependencies.metrics.set_store_up(up=not self.store_problem)
            self._check_clock()
            if self._dependencies.store.epoch != self._epoch:
                self._epoch = self._dependencies.store.epoch
                self._clear_caches()
            await asyncio.sleep(PROBE)

    def health(self) -> list[Health]:
        """Return the health of the store and of this replica's clock."""
        problem, skew = self.store_problem, self.clock_problem()
        return [Health("store", problem, ok=not problem), Health("clock", skew, ok=not skew)]

    def clock_problem(self) -> str:
        """Return what is wrong with this replica's clock, empty when nothing is."""
        ahead = self._dependencies.ahead()
        if not is_skewed(ahead):
            return ""
        side = "ahead of" if ahead > 0 else "behind"
        return (
            f"this gateway's clock is {abs(ahead):.1f} s {side} the database's: it decides and "
            "sends nothing until they agree; check time synchronization (NTP) on both machines"
        )

    def _check_clock(self) -> None:
        problem = self.clock_problem()
        self._dependencies.metrics.set_clock_ahead(self._dependencies.ahead())
        if problem and not self._skewed:
            log.error("%s", problem)
        elif self._skewed and not problem:
            log.info("this gateway's clock and the database's agree again: deciding and sending")
        self._skewed = bool(problem)
