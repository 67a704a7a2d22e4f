"""Intake: reported alerts become stored alerts in incidents, in one transaction, before the 2xx.

Requests that wait at the same time share a transaction: while one commits, the next gather.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import RawRepost, ReportedAlert
from gateway.core.plan.plan import Plan
from gateway.flow.intake.grouping import IntakeResult, store_alerts
from gateway.flow.intake.repost_cache import WRITE_AHEAD, RepostCache
from gateway.flow.intake.route_cache import route_cache
from gateway.flow.intake.watchdog_monitor import NO_WATCHDOGS
from gateway.flow.runtime.dispatch_result import Decide, DispatchResult
from gateway.store import Store, StoreUnavailableError, Tx
from gateway.store.state import alerts

log = logging.getLogger(__name__)

MAX_WAITING = 200_000
"""Alerts that may wait for their transaction; beyond it load is shed with 503."""

MAX_PER_TRANSACTION = 1_000
"""Alerts committed in one transaction: what falls due meanwhile, a critical page too, waits some
60 ms for it. With many more it waits longer, with fewer each alert costs more."""

SLICE_SIZE = 500
"""Alerts of one request that are kept together; a larger request takes several transactions."""


class OverloadedError(Exception):
    """More alerts wait for the database than may; the client must come again."""


def normalise(
    incoming: ReportedAlert,
    source: str,
    plan: Plan,
    now: float,
    resolve_timeout: float | None = None,
) -> Alert:
    """The alert as it is kept. What is missing is filled in as Alertmanager does.

    No start: the end if there is one, else now. No end from a source that re-sends: now plus
    resolve_timeout, the source's own or the plan's, marked as inferred.
    """
    starts_at, ends_at, timeout = incoming.starts_at, incoming.ends_at, False
    received_start = starts_at is None or starts_at > now
    if starts_at is None:
        starts_at = now if ends_at is None else min(ends_at, now)
    elif starts_at > now:
        starts_at = now  # a sender's clock may be ahead: nothing begins tomorrow (E35)
    if ends_at is None and (incoming.expires or resolve_timeout is not None):
        ends_at, timeout = now + (resolve_timeout or plan.resolve_timeout), True
    return Alert(
        incoming.identity or identity(incoming.labels),
        incoming.labels,
        incoming.annotations,
        starts_at,
        ends_at,
        incoming.generator_url,
        source,
        now,
        timeout,
        received_start,
    )


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
        """`committed` is told what each transaction did. `decider` gives what decides incidents,
        None while that must wait."""
        self._store = store
        self._repost_cache = repost_cache
        self._plan = plan
        self._now = now
        self._committed = committed
        self._decider = decider
        self._decide_separately = False
        self._waiting: list[tuple[list[Alert], asyncio.Future[None]]] = []
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
        """Returns once the alerts are on disk (promise 1).

        `unread`: the same alerts before they were read, to be recognised by it next time, and
        `watchdogs` the watchdogs of some of them, by identity.

        `resolve_timeout`: seconds after which an alert of this source that has no end is over
        unless it is reported again; None where sources that re-send have the plan's, others none.
        Raises Overloaded when too many wait, StoreUnavailableError when nothing can be saved.
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
        self._waiting += zip(slices, futures, strict=True)
        self._count += len(fresh)
        self._wake.set()
        if len(futures) == 1:
            await futures[0]
        else:
            await asyncio.gather(*futures)

    async def run(self) -> None:
        """Commit what waits, for ever. An error goes to those who waited for that transaction."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self.commit_waiting()

    async def commit_waiting(self) -> None:
        """One transaction for what waits now."""
        taken: list[tuple[list[Alert], asyncio.Future[None]]] = []
        size = 0
        while self._waiting and (
            not taken or size + len(self._waiting[0][0]) <= MAX_PER_TRANSACTION
        ):
            taken.append(self._waiting.pop(0))
            size += len(taken[-1][0])
        self._count -= size
        try:
            fault = await self._save([alert for alerts_, _ in taken for alert in alerts_])
            faults = [
                fault if fault is None or len(taken) == 1 else await self._save(alerts_)
                for alerts_, _ in taken
            ]
        except StoreUnavailableError as error:
            faults = [error] * len(taken)
        except BaseException:
            self._repost_cache.clear(self._now())
            for _, future in taken:
                future.cancel()
            raise
        for (_, future), fault in zip(taken, faults, strict=True):
            if future.done():
                continue
            if fault is None:
                future.set_result(None)
            else:
                future.set_exception(fault)

    async def _save(self, batch: Sequence[Alert]) -> Exception | None:
        """Commit alerts; returns a fault of ours that kept one of them from being saved.

        The alert at fault is looked for by halves, and all the others are saved: none of them
        may be lost for its sake.
        """
        now, plan = self._now(), self._plan()
        decide = None if self._decide_separately else self._decider()

        def work(tx: Tx) -> tuple[IntakeResult, DispatchResult | None]:
            done = store_alerts(tx, batch, plan, now)
            at_once = decide is not None and done.next_due is not None and done.next_due <= now
            return done, decided(tx, decide, now) if decide is not None and at_once else None

        try:
            done, dispatch_result = await self._store.write(work)
        except StoreUnavailableError:
            self._repost_cache.clear(now)
            self._decide_separately = (
                True  # should it come of deciding, the next alerts are saved all the same
            )
            raise
        except Exception as fault:
            if len(batch) == 1:
                log.exception("an alert could not be saved", extra={"alert": batch[0].identity})
                return fault
            middle = len(batch) // 2
            first = await self._save(batch[:middle])
            return await self._save(batch[middle:]) or first
        self._repost_cache.remember(done.stored, now)
        for later, _ in self._waiting:  # what they report came after what was just learned
            for alert in later:
                self._repost_cache.invalidate(alert.identity)
        self._decide_separately = False
        self._committed(done, dispatch_result)
        return None

    async def write_extensions(self, now: float, ahead: float = WRITE_AHEAD) -> int:
        """Store later ends and new words that were only remembered; returns how many.

        `ahead`: of ends, only where the stored one passes within so many seconds.
        """
        ends, changed_texts = self._repost_cache.pending_writes(now, ahead)
        if not ends and not changed_texts:
            return 0

        def work(tx: Tx) -> None:
            old = alerts.by_identity(tx, [alert.identity for alert in changed_texts])
            # The words only: what ended meanwhile, as another replica was told, stays so.
            worded = [
                replace(stored, annotations=a.annotations, generator_url=a.generator_url)
                for a in changed_texts
                if (stored := old.get(a.identity)) is not None
                and stored.updated_at <= a.updated_at
                and not stored.is_resolved(a.updated_at)
            ]
            plan = self._plan()
            routing_of = route_cache(plan).of
            alerts.save(tx, worded, [routing_of(alert.labels).inhibits for alert in worded])
            # After the words: an end is stored as of now, and what was said before counts no more.
            alerts.extend_ends(tx, ends)

        await self._store.write(work)
        self._repost_cache.mark_written(ends, changed_texts)
        return len(ends) + len(changed_texts)


def decided(tx: Tx, decide: Decide, now: float) -> DispatchResult | None:
    """Decide what became due with the alerts that were just stored: it saves them a commit.

    None when that failed. The alerts are kept all the same, and dispatch tries it again.
    """
    try:
        return tx.in_savepoint(lambda savepoint: decide(savepoint, now))
    except StoreUnavailableError:
        raise
    except Exception:
        log.exception("what is due could not be decided together with its alerts")
        return None
