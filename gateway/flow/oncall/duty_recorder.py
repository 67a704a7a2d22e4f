"""Recorder of duty: stores who is on call at each change, for explanations and reports."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import inf

from gateway.core.oncall.history import DutyChange, record_duty
from gateway.core.oncall.rota import next_change
from gateway.core.plan.plan import Plan
from gateway.flow.runtime.wake import wait_for_wake
from gateway.store import Store, Tx
from gateway.store.state import duty

POLL = 30.0
"""Seconds between two rounds at most: a clock that was set forward makes a change due earlier."""

ROTAS_PER_TRANSACTION = 10
"""Rotas recorded in one transaction. Each takes about a millisecond, for which other writes wait.
Higher makes them wait longer."""

OnDutyChange = Callable[[Tx, Sequence[DutyChange], float], None]
"""(tx, changes, now): stores what follows from changes of duty in the transaction that records
them. It is called once for each change, whichever replica records it."""


def ignore_changes(tx: Tx, changes: Sequence[DutyChange], now: float) -> None:
    """Do nothing about changes of duty."""


class DutyRecorder:
    """Records who is on call whenever that changes. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        on_change: OnDutyChange = ignore_changes,
    ) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._on_change = on_change
        self._recorded_plan: Plan | None = None
        self._in_force_since = 0.0  # when `_recorded_plan` came into force
        self._due_at: dict[str, float] = {}  # by rota: its next change; infinite for none
        self._wake = asyncio.Event()

    @property
    def next_due(self) -> float | None:
        """When the next rota changes by the recorded plan; None if none will."""
        return min((at for at in self._due_at.values() if at < inf), default=None)

    def wake(self) -> None:
        """Record now, because other rotas may have come into force."""
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Record until cancelled: at the start, at each change, and when other rotas apply."""
        while True:
            self._wake.clear()
            await self.record_once()
            mark_healthy()
            upcoming = inf if self.next_due is None else self.next_due
            pause = min(POLL, max(0.0, upcoming - self._now()))
            await wait_for_wake(self._wake, pause)

    async def record_once(self) -> None:
        """Record the rotas that are due; all of them after the start and with another plan."""
        plan, now = self._plan(), self._now()
        if plan is not self._recorded_plan:
            recorded = await self._store.read(duty.rotas)
            self._due_at = dict.fromkeys([*plan.rotas, *recorded], now)
            self._recorded_plan, self._in_force_since = plan, now
        names = sorted(name for name, at in self._due_at.items() if at <= now)
        for batch in _batches(names, ROTAS_PER_TRANSACTION):
            upcoming = await self._store.write(self._recording(plan, batch, now))
            for name in batch:
                self._due_at[name] = upcoming.get(name, inf)

    def _recording(
        self, plan: Plan, names: Sequence[str], now: float
    ) -> Callable[[Tx], dict[str, float]]:
        """Return the work of a transaction, which returns the next change of each rota."""
        in_force_since = self._in_force_since
        rotas = {name: plan.rotas[name] for name in names if name in plan.rotas}

        def work(tx: Tx) -> dict[str, float]:
            update = record_duty(duty.latest(tx, names), rotas, in_force_since, now)
            duty.save(tx, update.records)
            if update.changes:
                self._on_change(tx, update.changes, now)
            return {name: next_change(rota, now) for name, rota in rotas.items()}

        return work


def _batches(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    remaining = iter(names)
    while batch := list(islice(remaining, size)):
        yield batch
