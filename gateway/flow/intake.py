"""Intake: reported alerts become stored alerts in incidents, in one transaction, before the 2xx.

Requests that wait at the same time share a transaction: while one commits, the next gather.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.core.alert import Alert, merge
from gateway.core.incident import Incident
from gateway.core.incoming import Incoming
from gateway.core.join import open_incident, touch
from gateway.core.labels import format_labels, identity
from gateway.core.matcher import matches_all
from gateway.core.plan import Plan
from gateway.core.routing import Route, group_labels, match_routes
from gateway.flow.memory import Memory
from gateway.store import Store, Tx, alerts, incidents, members

MOST_WAITING = 200_000
"""Alerts that may wait for their transaction; beyond it load is shed with 503."""

MOST_IN_ONE = 5_000
"""Alerts committed in one transaction, so that the first of many waiting requests is not kept."""


class Overloaded(Exception):
    """More alerts wait for the database than may; the client must come again."""


@dataclass(slots=True)
class Batch:
    """What one transaction did, for the memory and the wake-up afterwards."""

    stored: list[Alert] = field(default_factory=list)
    next_due: float | None = None
    opened: int = 0
    ignored: int = 0  # resolved alerts that nobody here ever heard of (E5)


def normalise(incoming: Incoming, source: str, plan: Plan, now: float) -> Alert:
    """The alert as it is kept. What is missing is filled in as Alertmanager does.

    No start: the end if there is one, else now. No end from a source that re-sends: now plus
    resolve_timeout, marked as inferred.
    """
    starts_at, ends_at, timeout = incoming.starts_at, incoming.ends_at, False
    if starts_at is None:
        starts_at = now if ends_at is None else min(ends_at, now)
    starts_at = min(starts_at, now)  # a sender's clock may be ahead: nothing begins tomorrow (E35)
    if ends_at is None and incoming.expires:
        ends_at, timeout = now + plan.resolve_timeout, True
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


def incident_key(route: Route, group: dict[str, str]) -> str:
    """The identity of a group: the route's id and the group's labels."""
    return f"{route.id}:{format_labels(group)}"


def is_news(old: Alert, new: Alert, now: float) -> bool:
    """Whether its incident must be looked at because of what a report changed: an end, a new
    firing, or an end that is sooner than the inferred one that the next look was planned for."""
    if new.is_resolved(now) != old.is_resolved(now) or new.starts_at > old.starts_at:
        return True
    return new.ends_at is not None and old.ends_at is not None and new.ends_at < old.ends_at


def commit(tx: Tx, batch: Sequence[Alert], plan: Plan, now: float) -> Batch:
    """Store the alerts, let them join or open incidents, and say when to look at those."""
    done = Batch()
    before = alerts.known(tx, list({alert.identity for alert in batch}))
    after: dict[str, Alert] = {}
    news: set[str] = set()
    for alert in batch:
        old = after.get(alert.identity) or before.get(alert.identity)
        if old is None:
            if alert.is_resolved(now):
                done.ignored += 1
                continue
            new = alert
            news.add(alert.identity)
        else:
            new = merge(old, alert, now)
            if is_news(old, new, now):
                news.add(alert.identity)
        after[alert.identity] = new
    changed = [alert for key, alert in after.items() if alert != before.get(key)]
    flags = [
        any(matches_all(rule.source, a.labels) for rule in plan.inhibit_rules) for a in changed
    ]
    alerts.put(tx, changed, flags)
    if any(flag and alert.identity in news for flag, alert in zip(flags, changed, strict=True)):
        alerts.bump_inhibit_version(tx)
    place(tx, [after[key] for key in after if key in news], plan, now, done)
    done.stored = list(after.values())
    return done


def place(tx: Tx, fresh: Sequence[Alert], plan: Plan, now: float, done: Batch) -> None:
    """Let alerts with news join their incidents, opening those that are missing."""
    wanted: list[tuple[Alert, Route, dict[str, str], str]] = []
    ended: list[Alert] = []
    for alert in fresh:
        if alert.is_resolved(now):
            ended.append(alert)
            continue
        for route in match_routes(plan.root, alert.labels):
            group = group_labels(route, alert.labels)
            wanted.append((alert, route, group, incident_key(route, group)))
    found = incidents.open_by_key(tx, list({key for *_, key in wanted}))
    opening: dict[str, Incident] = {}
    touched: dict[int, Incident] = {}
    urgency: dict[str, int] = {}
    for alert, route, group, key in wanted:
        rank = plan.severity_of(alert.labels).rank
        urgency[key] = min(rank, urgency.get(key, rank))
        if key in opening:
            opening[key] = touch(opening[key], alert, plan, now)
        elif key in found:
            number = found[key].number
            touched[number] = touch(touched.get(number) or found[key], alert, plan, now)
        else:
            opening[key] = open_incident(route, key, group, alert, plan, now)
    opened = list(opening.values())
    created = incidents.create(
        tx,
        opened,
        titles=[incident.title for incident in opened],
        urgencies=[urgency[incident.group_key] for incident in opened],
    )
    numbers = {key: incident.number for key, incident in found.items()}
    numbers.update((incident.group_key, incident.number) for incident in created)
    members.join(tx, [(numbers[key], alert.identity) for alert, _, _, key in wanted], now)
    before = {incident.number: incident for incident in found.values()}
    touch_ended(tx, ended, plan, now, touched, before)
    incidents.save(tx, [i for i in touched.values() if i is not before.get(i.number)])
    # After save, which puts the urgency back to what was told. An incident is as urgent as its
    # severity says, or more: most alerts that join change nothing.
    incidents.urgent(
        tx,
        [
            (incident.number, urgency[key])
            for key, incident in found.items()
            if urgency[key] < plan.rank_of(incident.severity)
        ],
    )
    done.opened = len(created)
    dues = [i.due_at for i in (*created, *touched.values()) if i.due_at is not None]
    done.next_due = min(dues, default=None)


def touch_ended(
    tx: Tx,
    ended: Sequence[Alert],
    plan: Plan,
    now: float,
    touched: dict[int, Incident],
    before: dict[int, Incident],
) -> None:
    """Tell the open incidents of alerts that ended when to look at the end.

    `before` gets those that were read for it, as they are stored.
    """
    if not ended:
        return
    by_identity = members.open_numbers_of(tx, [alert.identity for alert in ended])
    missing = {number for found in by_identity.values() for number in found} - set(touched)
    read = incidents.many(tx, sorted(missing))
    before.update(read)
    touched.update(read)
    for alert in ended:
        for number in by_identity.get(alert.identity, ()):
            touched[number] = touch(touched[number], alert, plan, now)


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

    async def submit(self, source: str, reported: Iterable[Incoming]) -> None:
        """Returns once the alerts are on disk (promise 1).

        Raises Overloaded when too many wait, StoreUnavailable when nothing can be saved.
        """
        now, plan = self._now(), self._plan()
        absorb = self._memory.absorb
        fresh = []
        for incoming in reported:
            alert = normalise(incoming, source, plan, now)
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
            rules = self._plan().inhibit_rules
            alerts.put(
                tx, merged, [any(matches_all(r.source, a.labels) for r in rules) for a in merged]
            )

        await self._store.write(work)
        self._memory.written(ends, reworded)
        return len(ends) + len(reworded)
