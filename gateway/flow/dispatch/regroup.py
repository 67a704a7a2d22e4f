"""After a reload: alerts whose routes changed move to the incidents they now belong to.

What stays where it was keeps its incident, its timers and its acknowledgement (E8). What moved
opens or joins another incident; the one it left ends when nothing in it burns any more, and
whoever was told by it is told so.
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

GROUPED_BY = "grouped by"
"""The number in the database that tells by which routes.yaml its alerts were grouped."""


class Regrouper:
    """Sees to it that the stored alerts are grouped by the routes in force, also after a restart
    with another routes.yaml, and after a reload that the database did not survive."""

    def __init__(self, store: Store, plan: Callable[[], Plan], now: Callable[[], float]) -> None:
        self._store = store
        self._plan = plan
        self._now = now
        self._digest = ""
        self._one_at_a_time = asyncio.Lock()

    @property
    def is_current(self) -> bool:
        """Whether they are known to be: what is due may then be decided."""
        return self._digest == self._plan().digest

    async def regroup_all(self) -> None:
        """Group all of them anew. Raises StoreUnavailableError; then `catch_up` does it."""
        self._digest = ""
        async with self._one_at_a_time:
            await self._regroup()

    async def catch_up(self) -> None:
        """Group them anew if they were grouped by another routes.yaml."""
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
    """Look at one page of the alerts that burn; returns where to go on, None at the end."""
    page = alerts.active_page(tx, now, after, PAGE)
    result = IntakeResult()
    if not page:
        return None, result
    routing_of = route_cache(plan).of
    alerts.set_inhibits(tx, [(a.identity, routing_of(a.labels).inhibits) for a in page])
    alerts.bump_inhibit_version(tx)
    numbers = members.open_numbers_of(tx, [alert.identity for alert in page])
    involved = incidents.by_number(tx, sorted({n for found in numbers.values() for n in found}))
    leaving: list[tuple[int, str]] = []
    for alert in page:
        wanted = {group_target.key for group_target in routing_of(alert.labels).groups}
        for number in numbers.get(alert.identity, ()):
            if involved[number].group_key not in wanted:
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
    follow_receivers(tx, [i for n, i in involved.items() if n not in left], plan)
    return page[-1].identity, result


def follow_receivers(tx: Tx, kept: list[Incident], plan: Plan) -> None:
    """An incident that stays speaks to the receiver that its route now names."""
    changed = [
        replace(incident, receiver=plan.routes[incident.route_id].receiver)
        for incident in kept
        if incident.route_id in plan.routes
        and plan.routes[incident.route_id].receiver != incident.receiver
    ]
    incidents.save(tx, changed)
