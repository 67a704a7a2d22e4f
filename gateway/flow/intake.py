"""Intake: reported alerts become stored alerts in incidents, in one transaction, before the 2xx.

Requests that wait at the same time share a transaction: while one commits, the next gather.
"""

import asyncio
from collections.abc import Callable, Iterable

from gateway.core.alert import Alert, merge
from gateway.core.incoming import Incoming
from gateway.core.labels import identity
from gateway.core.plan import Plan
from gateway.flow.memory import Memory
from gateway.flow.placing import Batch, commit, may_inhibit
from gateway.store import Store, Tx, alerts

MOST_WAITING = 200_000
"""Alerts that may wait for their transaction; beyond it load is shed with 503."""

MOST_IN_ONE = 5_000
"""Alerts committed in one transaction, so that the first of many waiting requests is not kept."""


class Overloaded(Exception):
    """More alerts wait for the database than may; the client must come again."""


def normalise(
    incoming: Incoming, source: str, plan: Plan, now: float, resolve_timeout: float | None = None
) -> Alert:
    """The alert as it is kept. What is missing is filled in as Alertmanager does.

    No start: the end if there is one, else now. No end from a source that re-sends: now plus
    resolve_timeout, the source's own or the plan's, marked as inferred.
    """
    starts_at, ends_at, timeout = incoming.starts_at, incoming.ends_at, False
    if starts_at is None:
        starts_at = now if ends_at is None else min(ends_at, now)
    starts_at = min(starts_at, now)  # a sender's clock may be ahead: nothing begins tomorrow (E35)
    if ends_at is None and (incoming.expires or resolve_timeout is not None):
        ends_at, timeout = now + (resolve_timeout or plan.resolve_timeout), True
    return Alert(
        identity(incoming.labels),
        incoming.labels,
        incoming.annotations,
        starts_at,
        ends_at,
        incoming.generator_url,
        source,
        now,
        timeout,
    )


class Intake:
    """Gathers waiting requests into transactions."""

    def __init__(
        self,
        store: Store,
        memory: Memory,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        committed: Callable[[Batch], None],
    ) -> None:
        self._store = store
        self._memory = memory
        self._plan = plan
        self._now = now
        self._committed = committed
        self._waiting: list[tuple[list[Alert], asyncio.Future[None]]] = []
        self._count = 0
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Alerts that wait for their transaction."""
        return self._count

    async def submit(
        self, source: str, reported: Iterable[Incoming], resolve_timeout: float | None = None
    ) -> None:
        """Returns once the alerts are on disk (promise 1).

        `resolve_timeout`: seconds after which an alert of this source that has no end is over
        unless it is reported again; None where sources that re-send have the plan's, others none.
        Raises Overloaded when too many wait, StoreUnavailable when nothing can be saved.
        """
        now, plan = self._now(), self._plan()
        absorb = self._memory.absorb
        fresh = []
        for incoming in reported:
            alert = normalise(incoming, source, plan, now, resolve_timeout)
            if not absorb(alert, now):
                self._memory.doubt(alert.identity)
                fresh.append(alert)
        if not fresh:
            return
        if self._count + len(fresh) > MOST_WAITING:
            raise Overloaded(f"{self._count} alerts wait for the database")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((fresh, future))
        self._count += len(fresh)
        self._wake.set()
        await future

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
        while self._waiting and (not taken or size + len(self._waiting[0][0]) <= MOST_IN_ONE):
            taken.append(self._waiting.pop(0))
            size += len(taken[-1][0])
        self._count -= size
        batch = [alert for alerts_, _ in taken for alert in alerts_]
        now, plan = self._now(), self._plan()
        try:
            done = await self._store.write(lambda tx: commit(tx, batch, plan, now))
        except BaseException as error:
            self._memory.clear(now)
            cancelled = not isinstance(error, Exception)
            for _, future in taken:
                if not future.done():
                    if cancelled:
                        future.cancel()
                    else:
                        future.set_exception(error)
            if cancelled:
                raise
            return
        self._memory.learn(done.stored, now)
        for _, future in taken:
            if not future.done():
                future.set_result(None)
        self._committed(done)

    async def write_extensions(self, now: float) -> int:
        """Store later ends and new words that were only remembered; returns how many."""
        ends, reworded = self._memory.to_write(now)
        if not ends and not reworded:
            return 0

        def work(tx: Tx) -> None:
            alerts.extend(tx, ends)
            old = alerts.known(tx, [alert.identity for alert in reworded])
            merged = [merge(old[a.identity], a, now) for a in reworded if a.identity in old]
            plan = self._plan()
            alerts.put(tx, merged, [may_inhibit(alert, plan) for alert in merged])

        await self._store.write(work)
        self._memory.written(ends, reworded)
        return len(ends) + len(reworded)
