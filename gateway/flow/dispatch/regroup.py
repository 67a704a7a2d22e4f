"""Regrouping: after a reload, alerts move to the incidents that their new routes name.

An alert whose group stays keeps its incident, timers and acknowledgement (E8). One that moves opens
or joins another incident. The incident that it left resolves when no alert in it is firing any
more, and everyone notified of it is notified of that.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from zlib import crc32

from gateway.core.incidents.incident import Incident
from gateway.core.plan.plan import Plan
from gateway.flow.intake.grouping import IntakeResult, assign
from gateway.flow.intake.route_cache import route_cache
from gateway.store import Store, Tx
from gateway.store.state import alerts, counters, incidents, members

PAGE = 500
"""Alerts regrouped in one transaction. Other transactions wait for it."""

GROUPED_BY = "grouped by"
"""Name of the number in the database that says by which routes.yaml its alerts are grouped."""


class Regrouper:
    """Groups the stored alerts by the routes in force. Used from the event loop.

    It does so after a restart with another routes.yaml too, and after a reload during which the
    database was lost.
    """

    def __init__(self, store: Store, plan: Callable[[], Plan], now: Callable[[], float]) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._digest = ""
        self._one_at_a_time = asyncio.Lock()

    @property
    def is_current(self) -> bool:
        """Whether all are grouped by the routes in force, so that incidents may be decided."""
        return self._digest == self._plan().digest

    async def regroup_all(self) -> None:
        """Group all alerts. Raises StoreUnavailableError; then `catch_up` does it."""
        self._digest = ""
        async with self._one_at_a_time:
            await self._regroup()

    async def catch_up(self) -> None:
        """Group all alerts if they are grouped by another routes.yaml."""
        if self.is_current:
            return
        async with self._one_at_a_time:
            plan = self._plan()
            stored = await self._store.read(partial(counters.find, name=GROUPED_BY))
            if stored == _number_of(plan):
                self._digest = plan.digest
            else:
                await self._regroup()

    async def _regroup(self) -> None:
        plan = self._plan()
        await self._store.write(partial(counters.save, name=GROUPED_BY, value=0))
        after: str | None = ""
        while after is not None:
            page = partial(regroup_page, plan=plan, after=after, now=self._now())
            after, _ = await self._store.write(page)
        await self._store.write(partial(counters.save, name=GROUPED_BY, value=_number_of(plan)))
        self._digest = plan.digest


def _number_of(plan: Plan) -> int:
    return crc32(plan.digest.encode()) + 1


def regroup_page(tx: Tx, plan: Plan, after: str, now: float) -> tuple[str | None, IntakeResult]:
    """Regroup one page of firing alerts; return where the next one begins, None at the end."""
    page = alerts.active_page(tx, now, after, PAGE)
    result = IntakeResult()
    if not page:
        return None, result
    routing_of = route_cache(plan).of
    alerts.set_inhibits(tx, [(a.identity, routing_of(a.labels).inhibits) for a in page])
    alerts.bump_inhibit_version(tx)
    numbers = members.open_numbers_of(tx, [alert.identity for alert in page])
    involved = incidents.by_number(tx, sorted({n for several in numbers.values() for n in several}))
    leaving: list[tuple[int, str]] = []
    for alert in page:
        keys = {group_target.key for group_target in routing_of(alert.labels).groups}
        for number in numbers.get(alert.identity, ()):
            if involved[number].group_key not in keys:
                leaving.append((number, alert.identity))
    members.remove(tx, leaving)
    assign(tx, page, plan, now, result)
    left = {number for number, _ in leaving}
    incidents.save(
        tx,
        [
            replace(i, due_at=now, tick_at=min(i.tick_at, now))
            for i in (involved[number] for number in sorted(left))
        ],
    )
    staying = [incident for number, incident in involved.items() if number not in left]
    follow_plan(tx, staying, plan, now)
    return page[-1].identity, result


def follow_plan(tx: Tx, staying: list[Incident], plan: Plan, now: float) -> None:
    """Let incidents that stay follow their route's receiver and the rules of their people.

    Incidents that reached people are decided now, because a rule may be due earlier than before.
    """
    changed = []
    for incident in staying:
        route = plan.routes.get(incident.route_id)
        receiver = incident.receiver if route is None else route.receiver
        due_at = incident.due_at
        if incident.personal and due_at is not None:
            due_at = min(due_at, now)
        after = replace(incident, receiver=receiver, due_at=due_at)
        if after != incident:
            changed.append(after)
    incidents.save(tx, changed)
