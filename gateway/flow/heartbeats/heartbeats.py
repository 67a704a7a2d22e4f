"""Heartbeats of this gateway: takes pings, and lets the alerts about jobs begin and end.

A ping, the state that follows from it and its alerts are one transaction, and so is each check.
So any number of replicas may do both.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from gateway.clock import is_skewed
from gateway.core.alerts.alert import Alert
from gateway.core.errors import GatewayError
from gateway.core.heartbeats.alerts import end_alerts, report_problems
from gateway.core.heartbeats.ping import with_ping
from gateway.core.heartbeats.schedule import (
    HeartbeatStatus,
    Outage,
    adapted,
    due_at,
    first_state,
    outage_since,
    status,
)
from gateway.core.heartbeats.state import HeartbeatState, Ping
from gateway.core.plan.heartbeat import Heartbeat
from gateway.core.plan.plan import Plan
from gateway.cron import next_slot
from gateway.flow.heartbeats.budget import PingBudget
from gateway.flow.intake.grouping import IntakeResult, store_alerts
from gateway.links import ForgedLinkError, Links, Purpose
from gateway.metrics import Metrics
from gateway.store import Store, Tx
from gateway.store.state import heartbeats as stored_heartbeats
from gateway.store.state.heartbeats import StoredHeartbeat

EVERY = 5.0
"""Seconds between two checks. Higher fires later; each reads one row for each heartbeat."""

LISTENING_EVERY = 30.0
"""Seconds between two notes that pings are taken. It must be well below SHORT_OUTAGE."""

SETTLE = 30.0
"""Seconds after the start in which no job becomes missing: senders that were refused try again."""

FORGET_AFTER = 120.0
"""Seconds after which a heartbeat that no replica's routes.yaml has is deleted, and its alerts
end. Lower: replicas that are reloaded one after the other delete each other's new heartbeats."""

NO_EXPIRY = 2.0**32 - 1
"""The largest expiry that a token can hold, in 2106: URLs end by being revoked."""


class UnknownHeartbeatError(GatewayError, LookupError):
    """The URL is not that of a heartbeat: made elsewhere, revoked, or of one that was removed."""


@dataclass(frozen=True, slots=True)
class HeartbeatView:
    """A heartbeat as it is shown. `due` is None for a new one."""

    heartbeat: Heartbeat
    state: HeartbeatState
    status: HeartbeatStatus
    due: float | None
    url: str


class Heartbeats:
    """The heartbeats of one gateway. Used from the event loop."""

    def __init__(
        self,
        store: Store,
        links: Links,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        committed: Callable[[IntakeResult, None], None],
        metrics: Metrics,
    ) -> None:
        """`committed` is called with the result of each transaction that stored alerts."""
        self._store = store
        self._links = links
        self._plan = plan
        self._now = now
        self._committed = committed
        self._metrics = metrics
        self._started_at = now()
        self._noted_at = float("-inf")
        self._budget = PingBudget()

    def url(self, heartbeat: Heartbeat) -> str:
        """Return the URL that the job pings. It is secret: with it anyone can ping."""
        token = self._links.token(
            Purpose.HEARTBEAT, heartbeat.generation, heartbeat.name, NO_EXPIRY
        )
        return f"{self._links.external_url}/ping/{token}"

    def find(self, token: str) -> Heartbeat:
        """Return the heartbeat of a URL's token. Raises UnknownHeartbeatError, always alike."""
        try:
            claim = self._links.read(Purpose.HEARTBEAT, token, self._now())
        except ForgedLinkError:
            raise UnknownHeartbeatError from None
        heartbeat = self._plan().heartbeats.get(claim.person)
        if heartbeat is None or heartbeat.generation != claim.number:
            raise UnknownHeartbeatError
        return heartbeat

    def has_budget(self, heartbeat: Heartbeat) -> bool:
        """Return whether another ping of this job is taken now, and count it."""
        return self._budget.take(heartbeat.name, self._now())

    async def ping(self, heartbeat: Heartbeat, ping: Ping) -> None:
        """Store a ping; return once it is on disk. Raises StoreUnavailableError."""
        plan, now = self._plan(), self._now()
        result = await self._store.write(
            partial(_store_ping, plan=plan, heartbeat=heartbeat, ping=ping, now=now)
        )
        self._committed(result, None)
        self._metrics.count_ping(ping.kind)

    async def views(self) -> list[HeartbeatView]:
        """Return all heartbeats of routes.yaml, in its order. Raises StoreUnavailableError."""
        now = self._now()
        return await self._store.read(lambda tx: self._views(stored_heartbeats.read_all(tx), now))

    async def outputs(self) -> Mapping[str, str]:
        """Return what each job printed last, by name. Raises StoreUnavailableError."""
        return await self._store.read(stored_heartbeats.read_outputs)

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Check until cancelled."""
        while True:
            await self.check_once()
            mark_healthy()
            await asyncio.sleep(EVERY)

    async def check_once(self) -> None:
        """Let alerts begin and end that time has decided. Without any it only reads."""
        plan, now = self._plan(), self._now()
        check = _Check(plan, now, patient=0.0 <= now - self._started_at < SETTLE)

        def read(tx: Tx) -> tuple[bool, bool, list[HeartbeatView]]:
            # In a reader's thread: hundreds of cron expressions would delay alerts on the loop.
            states = stored_heartbeats.read_all(tx)
            views = self._views(states, now)
            return bool(states or views), check.has_news(states), views

        any_known, news, views = await self._store.read(read)
        note_due = not 0.0 <= now - self._noted_at < LISTENING_EVERY
        if any_known and (news or note_due):
            self._committed(await self._store.write(check.write), None)
            self._noted_at = now
        self._metrics.set_heartbeats(
            {one.heartbeat.name: (one.status, one.state.last_ping) for one in views}
        )

    def _views(self, states: Mapping[str, HeartbeatState], now: float) -> list[HeartbeatView]:
        declared = self._plan().heartbeats.values()
        return [self._view(one, states.get(one.name), now) for one in declared]

    def _view(
        self, heartbeat: Heartbeat, state: HeartbeatState | None, now: float
    ) -> HeartbeatView:
        state = adapted(heartbeat, state or first_state(heartbeat, now), next_slot, None, now)
        return HeartbeatView(
            heartbeat,
            state,
            status(heartbeat, state, next_slot, now),
            None if state.is_new else due_at(heartbeat, state, next_slot),
            self.url(heartbeat),
        )


@dataclass(frozen=True, slots=True)
class _Check:
    """One check of all heartbeats at one instant."""

    plan: Plan
    now: float
    patient: bool

    def has_news(self, states: Mapping[str, HeartbeatState]) -> bool:
        """Return whether a check would change what is stored."""
        declared = self.plan.heartbeats
        return any(
            state is None or self._checked(one, StoredHeartbeat(state, ""), None)[0].state != state
            for one in declared.values()
            for state in (states.get(one.name),)
        ) or any(
            state.undeclared_since is None or self.now - state.undeclared_since >= FORGET_AFTER
            for name, state in states.items()
            if name not in declared
        )

    def write(self, tx: Tx) -> IntakeResult:
        """Store the states and alerts at this instant, and that pings are taken."""
        if is_skewed(tx.skew):  # by a wrong clock every job may be missing
            return IntakeResult()
        outage = outage_since(stored_heartbeats.last_listening(tx), self.now)
        stored_heartbeats.save_listening(tx, self.now)
        alerts: list[Alert] = []
        changed = {}
        names = stored_heartbeats.read_all(tx)
        for one in self.plan.heartbeats.values():
            before = stored_heartbeats.get(tx, one.name)
            after, new_alerts = self._checked(one, before, outage)
            alerts += new_alerts
            if after != before:
                changed[one.name] = after
        for name in names.keys() - self.plan.heartbeats.keys():
            alerts += self._undeclared(tx, name, names[name])
        stored_heartbeats.save(tx, changed)
        return store_alerts(tx, alerts, self.plan, self.now)

    def _checked(
        self, heartbeat: Heartbeat, stored: StoredHeartbeat | None, outage: Outage | None
    ) -> tuple[StoredHeartbeat, list[Alert]]:
        state, output = stored or (first_state(heartbeat, self.now), "")
        state = adapted(heartbeat, state, next_slot, outage, self.now)
        state, alerts = report_problems(
            heartbeat, state, output, next_slot, self.now, patient=self.patient
        )
        return StoredHeartbeat(state, output), alerts

    def _undeclared(self, tx: Tx, name: str, state: HeartbeatState) -> list[Alert]:
        """Note that routes.yaml lacks a heartbeat, or delete it and return its alerts' ends."""
        if state.undeclared_since is None:
            stored = stored_heartbeats.get(tx, name)
            if stored is not None:
                marked = replace(state, undeclared_since=self.now)
                stored_heartbeats.save(tx, {name: StoredHeartbeat(marked, stored.output)})
            return []
        if self.now - state.undeclared_since < FORGET_AFTER:
            return []
        stored_heartbeats.remove(tx, [name])
        return end_alerts(state, self.now)


def _store_ping(
    tx: Tx, *, plan: Plan, heartbeat: Heartbeat, ping: Ping, now: float
) -> IntakeResult:
    now = now - tx.skew if is_skewed(tx.skew) else now
    stored = stored_heartbeats.get(tx, heartbeat.name)
    before, output = stored or (None, "")
    # The output of a success without any says that what was wrong is over.
    output = ping.output if ping.output or ping.kind.ends_run else output
    state = with_ping(heartbeat, before, ping, next_slot, now)
    state, alerts = report_problems(heartbeat, state, output, next_slot, now, repeated=True)
    stored_heartbeats.save(tx, {heartbeat.name: StoredHeartbeat(state, output)})
    return store_alerts(tx, alerts, plan, now)
