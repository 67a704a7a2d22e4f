"""Verifier of stored history: on request, and each night once, whichever replica is first."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gateway.core.plan.plan import Plan
from gateway.core.time.spans import Span
from gateway.core.verify.facts import Accepts
from gateway.core.verify.promise import Promise
from gateway.core.verify.verification import Verification
from gateway.cron import last_until, next_after
from gateway.flow.queries.verification import Mutes, Pause, Reading, verify
from gateway.flow.runtime.wake import wait_for_wake
from gateway.metrics import Metrics
from gateway.render.view.verification import verification_json
from gateway.store import Store, Tx
from gateway.store.state import counters, verifications

log = logging.getLogger(__name__)

POLL = 30.0
"""Seconds between two rounds, so the longest time for which a metric shows an older result."""

SETTLE = 300.0
"""Seconds after a start before which nothing is verified by itself: what fell due while no gateway
ran is being decided and sent."""

CLAIM = 3 * 3600.0
"""Seconds for which a replica that began the nightly verification keeps others from it. If it dies
meanwhile, another one begins after that."""

DAY = 86400.0
OVERLAP = DAY
"""Seconds before the last nightly verification that the next one covers again."""

LONGEST = 35 * DAY
"""Seconds that a nightly verification covers at most, after a long time without one."""

STORED = 200
"""Broken promises that are listed in a stored result."""

_CLAIMED, _DUE = "verify claimed", "verify due"
"""Names of two instants in the database: when a nightly run was begun, and which one was last."""


class Verifier:
    """Verifies one span at a time. Used from the event loop.

    The instant of the last nightly run is stored with its result in one transaction, so each night
    has one result.
    """

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        accepts: Accepts,
        mutes: Mutes,
        metrics: Metrics,
        *,
        cron: str | None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`cron`: when it runs by itself, on the wall clock of business_hours; None: never."""
        self._store = store
        self._plan = plan
        self._now = now
        self._accepts = accepts
        self._mutes = mutes
        self._metrics = metrics
        self._cron = cron
        self._pause = pause
        self._one_at_a_time = asyncio.Lock()
        self._started_at = now()
        self._wake = asyncio.Event()

    @property
    def next_at(self) -> float | None:
        """When it runs next by itself (Unix seconds); None: never."""
        if self._cron is None:
            return None
        return next_after(self._cron, self._plan().business_hours.zone, self._now())

    async def verify(self, span: Span) -> Verification:
        """Verify a span. Raises StoreUnavailableError."""
        async with self._one_at_a_time:
            reading = Reading(self._accepts, self._plan(), self._mutes)
            return await verify(self._store, reading, span, self._now(), self._pause)

    async def verify_and_store(self, span: Span) -> Verification:
        """Verify a span and store the result as the last one. Raises StoreUnavailableError."""
        verification = await self.verify(span)
        await self._store.write(partial(_save, verification=verification))
        await self._show_last()
        self._log(verification)
        return verification

    async def latest(self, limit: int) -> list[dict[str, Any]]:
        """Return stored results, the last one first."""
        return await self._store.read(partial(verifications.latest, limit=limit))

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Verify each night until cancelled, and keep the metrics up to date."""
        while True:
            await self.check_once()
            mark_healthy()
            await wait_for_wake(self._wake, POLL)

    async def check_once(self) -> None:
        """Verify if a nightly run is due that no replica has begun."""
        await self._show_last()
        now = self._now()
        if self._cron is None or now - self._started_at < SETTLE:
            return
        due = last_until(self._cron, self._plan().business_hours.zone, now)
        last = await self._store.read(partial(counters.find, name=_DUE))
        if last is not None and last >= due:
            return
        if not await self._store.write(partial(_claim, due=due, now=now)):
            return
        start = due - DAY if last is None else max(min(last, due - DAY), due - LONGEST)
        verification = await self.verify(Span(start - OVERLAP, now))
        await self._store.write(partial(_save, verification=verification, due=due))
        await self._show_last()
        self._log(verification)

    async def _show_last(self) -> None:
        stored = await self.latest(1)
        last = await self._store.read(verifications.last)
        if stored and last is not None:
            counts: Mapping[str, int] = stored[0]["by_promise"]
            self._metrics.set_verified(
                last.verified_at, {one.value: counts.get(one.value, 0) for one in Promise}
            )

    def _log(self, verification: Verification) -> None:
        if verification.total:
            log.error("verified: %d missing, see gateway verify", verification.total)
        else:
            log.info("verified: 0 missing in %d incidents", verification.incidents)


def _claim(tx: Tx, due: float, now: float) -> bool:
    """Store that this replica begins the run that is due; False if another one has."""
    last = counters.find(tx, _DUE)
    if last is None:  # new: the first run is the next one
        counters.save(tx, _DUE, int(due))
        return False
    claimed = counters.find(tx, _CLAIMED)
    if last >= int(due) or (claimed is not None and now - claimed < CLAIM and claimed >= due):
        return False
    counters.save(tx, _CLAIMED, int(now))
    return True


def _save(tx: Tx, verification: Verification, due: float | None = None) -> None:
    """Store a result, and with `due` that this nightly run is done."""
    if due is not None:
        counters.save(tx, _DUE, int(due))
    values = verification_json(verification, STORED)
    verifications.add(tx, verification.verified_at, verification.total, values)
