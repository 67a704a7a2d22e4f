"""Intake: reported alerts are stored and join incidents in one transaction, before the 2xx.

Requests that wait at the same time share a transaction: while one commits, the next ones gather.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.reported_alert import RawRepost, ReportedAlert
from gateway.core.errors import GatewayError
from gateway.core.plan.plan import Plan
from gateway.flow.intake.grouping import IntakeResult, store_alerts
from gateway.flow.intake.normalise import normalise
from gateway.flow.intake.repost_cache import WRITE_AHEAD, RepostCache
from gateway.flow.intake.route_cache import route_cache
from gateway.flow.intake.watchdog_monitor import NO_WATCHDOGS
from gateway.flow.runtime.dispatch_result import Decide, DispatchResult
from gateway.store import Store, StoreUnavailableError, Tx
from gateway.store.state import alerts

log = logging.getLogger(__name__)

MAX_WAITING = 200_000
"""Alerts that may wait for their transaction; beyond it load is shed with 503. It bounds memory."""

MAX_PER_TRANSACTION = 1_000
"""Alerts committed in one transaction. What falls due meanwhile, a critical page too, waits about
60 ms for it. Higher makes it wait longer, lower makes each alert cost more."""

SLICE_SIZE = 500
"""Alerts of one request that share a transaction; a larger request takes several."""


class OverloadedError(GatewayError):
    """Too many alerts wait for the database; the client must send again later."""


class _Request(NamedTuple):
    """Alerts of one request that wait for their transaction, and its end."""

    alerts: list[Alert]
    committed: asyncio.Future[None]


class Intake:
    """Gathers waiting requests into transactions."""

    def __init__(
        self,
        store: Store,
        repost_cache: RepostCache,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        committed: Callable[[IntakeResult, DispatchResult | None], None],
        decider: Callable[[], Decide | None],
    ) -> None:
        """Create an intake.

        `committed` is called with the result of each transaction. `decider` returns what decides
        incidents in the same transaction, None while that must wait.
        """
        self._store = store
        self._repost_cache = repost_cache
        self._plan = plan
        self._now = now
        self._committed = committed
        self._decider = decider
        self._decide_separately = False
        self._waiting: list[_Request] = []
        self._count = 0
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Alerts that wait for their transaction."""
        return self._count

    async def submit(
        self,
        source: str,
        reported: Iterable[ReportedAlert],
        resolve_timeout: float | None = None,
        raw: RawRepost | None = None,
        watchdogs: Mapping[str, tuple[str, ...]] = NO_WATCHDOGS,
    ) -> None:
        """Store alerts; return once they are on disk (promise 1).

        `resolve_timeout`: seconds after which an alert without an end is resolved unless it is
        reported again; None: the plan's for sources that re-send, none for others. `raw`: the same
        alerts as bytes, so that their re-posts need not be parsed. `watchdogs`: names of watchdogs
        that match, by identity. Raises OverloadedError when too many alerts wait, and
        StoreUnavailableError when nothing can be stored.
        """
        now, plan = self._now(), self._plan()
        cache = self._repost_cache
        fresh = []
        for index, reported_alert in enumerate(reported):
            alert = normalise(reported_alert, source, plan, now, resolve_timeout)
            if not cache.absorb(alert, now):
                cache.invalidate(alert.identity)
                fresh.append(alert)
            elif raw is not None:
                names = watchdogs.get(alert.identity, ())
                cache.remember_raw(alert.identity, raw.raw_hash(index), names)
        if not fresh:
            return
        if self._count + len(fresh) > MAX_WAITING:
            raise OverloadedError(f"{self._count} alerts wait for the database")
        loop = asyncio.get_running_loop()
        slices = [fresh[at : at + SLICE_SIZE] for at in range(0, len(fresh), SLICE_SIZE)]
        futures: list[asyncio.Future[None]] = [loop.create_future() for _ in slices]
        self._waiting += map(_Request, slices, futures)
        self._count += len(fresh)
        self._wake.set()
        if len(futures) == 1:
            await futures[0]
        else:
            await asyncio.gather(*futures)

    async def run(self) -> None:
        """Commit what waits, until cancelled. `submit` raises the errors."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self.commit_waiting()

    async def commit_waiting(self) -> None:
        """Commit what waits now in one transaction."""
        batch: list[_Request] = []
        size = 0
        while self._waiting:
            more = len(self._waiting[0].alerts)
            if batch and size + more > MAX_PER_TRANSACTION:
                break
            batch.append(self._waiting.pop(0))
            size += more
        self._count -= size
        try:
            fault = await self._save([alert for request in batch for alert in request.alerts])
            faults = [
                fault if fault is None or len(batch) == 1 else await self._save(request.alerts)
                for request in batch
            ]
        except StoreUnavailableError as error:
            faults = [error] * len(batch)
        except BaseException:
            self._repost_cache.clear(self._now())
            for request in batch:
                request.committed.cancel()
            raise
        for request, fault in zip(batch, faults, strict=True):
            if request.committed.done():
                continue
            if fault is None:
                request.committed.set_result(None)
            else:
                request.committed.set_exception(fault)

    async def _save(self, batch: Sequence[Alert]) -> Exception | None:
        """Commit alerts; return the fault of the gateway that kept one from being stored.

        The batch is halved until the alert at fault is alone, and all others are stored.
        """
        now, plan = self._now(), self._plan()
        decide = None if self._decide_separately else self._decider()

        def work(tx: Tx) -> tuple[IntakeResult, DispatchResult | None]:
            result = store_alerts(tx, batch, plan, now)
            if decide is None or result.next_due is None or result.next_due > now:
                return result, None
            return result, decide_at_once(tx, decide, now)

        try:
            result, decided = await self._store.write(work)
        except StoreUnavailableError:
            self._repost_cache.clear(now)
            # Should deciding be the cause, the next alerts are stored all the same.
            self._decide_separately = True
            raise
        except Exception as fault:
            if len(batch) == 1:
                log.exception("an alert could not be saved", extra={"alert": batch[0].identity})
                return fault
            middle = len(batch) // 2
            first = await self._save(batch[:middle])
            return await self._save(batch[middle:]) or first
        self._repost_cache.remember(result.stored, now)
        for request in self._waiting:  # their reports are newer than what was just cached
            for alert in request.alerts:
                self._repost_cache.invalidate(alert.identity)
        self._decide_separately = False
        self._committed(result, decided)
        return None

    async def write_extensions(self, now: float, ahead: float = WRITE_AHEAD) -> int:
        """Store later ends and changed texts that are only cached; return how many.

        `ahead`: ends are stored where the stored one passes within so many seconds.
        """
        ends, changed_texts = self._repost_cache.pending_writes(now, ahead)
        if not ends and not changed_texts:
            return 0
        plan = self._plan()

        def work(tx: Tx) -> None:
            old = alerts.by_identity(tx, [alert.identity for alert in changed_texts])
            # Only the texts: an alert that another replica stored as resolved stays resolved.
            changed = [
                replace(stored, annotations=a.annotations, generator_url=a.generator_url)
                for a in changed_texts
                if (stored := old.get(a.identity)) is not None
                and stored.updated_at <= a.updated_at
                and not stored.is_resolved(a.updated_at)
            ]
            routing_of = route_cache(plan).of
            alerts.save(tx, changed, [routing_of(alert.labels).inhibits for alert in changed])
            # After the texts, because ends are stored as of `now`, which is later.
            alerts.extend_ends(tx, ends)

        await self._store.write(work)
        self._repost_cache.mark_written(ends, changed_texts)
        return len(ends) + len(changed_texts)


def decide_at_once(tx: Tx, decide: Decide, now: float) -> DispatchResult | None:
    """Decide what became due with alerts in their own transaction, which saves a commit.

    Returns None when that failed: the alerts are stored all the same, and dispatch tries again.
    """
    try:
        return tx.in_savepoint(lambda savepoint: decide(savepoint, now))
    except StoreUnavailableError:
        raise
    except Exception:
        log.exception("what is due could not be decided together with its alerts")
        return None
