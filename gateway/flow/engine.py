"""The engine: the four verbs wired to one store, and their loops."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from gateway.channels.contract import Channel
from gateway.config.load import Config, ConfigError, Problem
from gateway.core.delivery import Claimant
from gateway.core.incoming import Incoming
from gateway.core.message import Link, Message
from gateway.core.notice import Kind
from gateway.core.outbox import Notice
from gateway.core.plan import Plan
from gateway.core.respond import Response, acknowledge, unacknowledge
from gateway.flow.courier import Courier, message_of
from gateway.flow.dispatch import Dispatched, decide_due
from gateway.flow.intake import Batch, Intake
from gateway.flow.loops import Loops
from gateway.flow.memory import Memory
from gateway.flow.regroup import Grouping
from gateway.flow.respond import respond
from gateway.flow.suppression import Suppression
from gateway.flow.watch import Watch
from gateway.links import Links
from gateway.render.links import links_from
from gateway.render.words import Renderer
from gateway.store import Store, StoreUnavailable, counters, janitor, outbox, timeline

if TYPE_CHECKING:
    from gateway.metrics import Metrics

log = logging.getLogger(__name__)

PROBE = 2.0
"""Seconds between looks at whether the database takes writes."""

POLL = 1.0
"""Seconds between looks at the database for what another replica stored."""

LINK_LIFE = 48 * 3600.0
"""Seconds for which an acknowledge link works, from the sending of its message."""

CLOSING = 1.0
"""Seconds that a stop gives each channel to close; what was in flight has ended before that."""

RETENTION = 90 * 86400.0
"""Seconds for which ended incidents are kept."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one component is; `text` says what is wrong and since when."""

    component: str
    ok: bool
    text: str = ""


@dataclass(slots=True)
class Parts:
    """What the composition root gives to the engine."""

    store: Store
    config: Config
    load: Callable[[], Config]  # reads routes.yaml anew; raises ConfigError
    channels: Callable[[Config], Mapping[str, Channel]]
    renderer: Callable[[], Renderer]  # templates are read anew at each reload
    links: Links
    metrics: "Metrics"
    now: Callable[[], float]
    claimant: Claimant
    shared: bool = False  # whether other replicas use the same database
    spread: Callable[[], float] = random.random  # in [0, 1): spreads retries
    patience: float = 20.0  # seconds that a stop waits for sends in flight
    stuck_after: float = 120.0  # seconds of failing after which /readyz names a channel
    retired: list[Channel] = field(default_factory=list)


class Engine:
    """One replica: takes alerts in, decides, delivers, and takes answers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.store = parts.store
        self.links = parts.links
        self.metrics = parts.metrics
        self.now = parts.now
        self._config = parts.config
        self._channels: dict[str, Channel] = {}
        self._renderer = parts.renderer()
        self._memory = Memory(trust=30.0 if parts.shared else None)
        self._suppression = Suppression(self._memory)
        self.intake = Intake(
            parts.store, self._memory, lambda: self.plan, parts.now, self._committed
        )
        self.watch = Watch(parts.store, lambda: self.plan, parts.now, self.submit)
        self.couriers: dict[str, Courier] = {}
        self._running = False
        self._loops = Loops(parts.now)
        self._due = asyncio.Event()
        self._next_due: float | None = None
        self._config_problems: tuple[Problem, ...] = ()
        self._store_problem = ""
        self._epoch = 0
        self._reloading = asyncio.Lock()
        self._grouping = Grouping(parts.store, lambda: self.plan, parts.now)

    # What the web and the command line use.

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._config

    @property
    def plan(self) -> Plan:
        """What it means."""
        return self._config.plan

    async def submit(self, source: str, alerts: Sequence[Incoming]) -> None:
        """Take alerts in; returns once they are on disk. See Intake.submit for errors."""
        self.watch.notice(alerts)
        try:
            await self.intake.submit(source, alerts)
        except StoreUnavailable as error:
            self._store_problem = str(error)
            raise

    async def reject(
        self, source: str, status: int, error: str, detail: object, remote: str, excerpt: str
    ) -> None:
        """Remember a refused request, so that admins see it (E42). Never raises."""
        with suppress(Exception):
            now = self.now()
            await self.store.write(
                lambda tx: timeline.add_reject(
                    tx, now, source, status, error, detail, remote, excerpt
                )
            )

    async def acknowledge(self, number: int, by: str, via: str) -> Response:
        """`by` takes incident `number`. KeyError when there is none."""
        return await self._respond(number, acknowledge, by, via)

    async def unacknowledge(self, number: int, by: str, via: str) -> Response:
        """Undo an acknowledgement."""
        return await self._respond(number, unacknowledge, by, via)

    async def _respond(
        self, number: int, act: Callable[..., Response], by: str, via: str
    ) -> Response:
        plan, now = self.plan, self.now()
        response = await self.store.write(
            lambda tx: respond(tx, number, act, plan, self._memory, self._accepts, by, via, now)
        )
        if response.decision is not None:
            self.metrics.decided(response.decision.reasons)
            self.metrics.responded(response, now)
            for notice in response.decision.notices:
                self.metrics.noticed(notice.target.channel, notice.kind)
                self._wake_courier(notice.target.channel)
            self._look_at(response.incident.due_at)
        return response

    async def reload(self) -> tuple[Problem, ...]:
        """Read routes.yaml anew. A bad file changes nothing; its problems come back (promise 6)."""
        async with self._reloading:
            try:
                config = self._parts.load()
                channels = dict(self._parts.channels(config))
                renderer = self._parts.renderer()
            except ConfigError as error:
                self._config_problems = error.problems
                self.metrics.reloaded(False, self.now())
                for problem in error.problems:
                    log.error("routes.yaml not loaded: %s", problem)
                return error.problems
            self._parts.retired.extend(self._channels.values())
            self._config, self._channels, self._renderer = config, channels, renderer
            self._config_problems = ()
            for name in channels:
                self._ensure_courier(name)
            with suppress(StoreUnavailable):  # before it decides again, dispatch catches up
                await self._grouping.renew()
                # What an admin just mended need not wait for its next attempt.
                await self.store.write(partial(outbox.hasten, now=self.now()))
            self.metrics.know(config.plan.severities)
            self.metrics.reloaded(True, self.now())
            log.info("routes.yaml loaded", extra={"digest": config.plan.digest})
            self._due.set()
            for courier in self.couriers.values():
                courier.wake()
            return ()

    def problems(self) -> list[Health]:
        """The state of each component, for /readyz."""
        now = self.now()
        self._loops.calm()
        found = [Health("store", not self._store_problem, self._store_problem)]
        for name, loop in self._loops.loops.items():
            since = loop.failing_since
            stuck = since is not None and now - since >= 0
            text = f"failing for {now - since:.0f} s: {loop.error}" if since is not None else ""
            found.append(Health(name, not stuck, text))
        for name, courier in self.couriers.items():
            since = courier.failing_since
            bad = since is not None and now - since > self._parts.stuck_after
            text = f"nothing delivered for {now - (since or now):.0f} s: {courier.failing_with}"
            found.append(Health(f"channel {name}", not bad, text if bad else ""))
        bad_file = "; ".join(str(problem) for problem in self._config_problems[:3])
        found.append(Health("routes.yaml", not bad_file, bad_file))
        return found

    # Life.

    async def start(self) -> None:
        """Begin the loops. What was due while nobody ran is done at once."""
        self.prepare()
        self._running = True
        self._loops.start("intake", self.intake.run)
        self._loops.start("dispatch", self._dispatch_loop)
        self._loops.start("housekeeping", self._housekeeping_loop)
        self._loops.start("store", self._probe_loop)
        self._loops.start("watchdogs", self.watch.run)
        for courier in self.couriers.values():
            self._start_courier(courier)

    def prepare(self) -> None:
        """Build the channels and their couriers, without loops: time is then moved by hand."""
        self.metrics.know(self.plan.severities)
        self.metrics.reloaded(True, self.now())
        self._channels = dict(self._parts.channels(self._config))
        for name in self._channels:
            self._ensure_courier(name)

    def run(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """Keep another loop alive with the rest."""
        self._loops.start(name, body)

    async def stop(self) -> None:
        """Finish what is in flight, or hand it back; then close the channels."""
        await self._loops.stop()
        ended = await asyncio.gather(
            *(courier.stop(self._parts.patience) for courier in self.couriers.values()),
            return_exceptions=True,
        )
        with suppress(StoreUnavailable):
            await self.intake.write_extensions(self.now() + RETENTION)
            if not any(ended):  # all is on record: what is left was claimed and never begun
                release = partial(outbox.release, owner=self._parts.claimant.name)
                await self.store.write(release)
        for channel in (*self._channels.values(), *self._parts.retired):
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await channel.close()

    # Loops.

    async def dispatch_once(self) -> Dispatched:
        """Decide one batch of what is due now."""
        work = partial(
            decide_due,
            plan=self.plan,
            now=self.now(),
            memory=self._memory,
            suppression=self._suppression,
            accepts=self._accepts,
            claimant=self._parts.claimant,
            room={name: courier.room() for name, courier in self.couriers.items()},
        )
        done = await self.store.write(work)
        self._hand_out(done)
        self._next_due = done.next_due
        for decision in done.decisions:
            self.metrics.decided(decision.reasons)
            for notice in decision.notices:
                self.metrics.noticed(notice.target.channel, notice.kind)
        return done

    def _hand_out(self, done: Dispatched) -> None:
        for errand in done.errands:
            self._ensure_courier(errand.notice.target.channel).hand(errand, done.at)
        for channel in done.channels:
            self._wake_courier(channel)

    async def _dispatch_loop(self) -> None:
        while True:
            self._due.clear()
            await self._grouping.catch_up()
            done = await self.dispatch_once()
            self._loops.well("dispatch")
            if done.decided:
                continue
            pause = POLL
            if self._next_due is not None:
                pause = min(pause, max(0.0, self._next_due - self.now()))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._due.wait()

    async def _housekeeping_loop(self) -> None:
        rounds = 0
        while True:
            await asyncio.sleep(5.0)
            now = self.now()
            await self.intake.write_extensions(now)
            await self._close_retired()
            if rounds % 60 == 0:
                self._memory.forget(now - 3600.0)
                prune = partial(janitor.prune, before=now - RETENTION, limit=500)
                while await self.store.write(prune):
                    pass
            rounds += 1
            self._loops.well("housekeeping")

    async def _probe_loop(self) -> None:
        """Ask the database whether it would take a write; forget what may not be in it any more."""
        while True:
            try:
                await self.store.write(counters.touch)
            except StoreUnavailable as error:
                self._store_problem = str(error)
            else:
                self._store_problem = ""
            self.metrics.store_up(not self._store_problem)
            if self.store.epoch != self._epoch:
                self._epoch = self.store.epoch
                self._memory.clear()
            await asyncio.sleep(PROBE)

    async def _close_retired(self) -> None:
        if all(courier.idle for courier in self.couriers.values()):
            while self._parts.retired:
                await self._parts.retired.pop().close()

    # Small things.

    def _committed(self, batch: Batch) -> None:
        self._loops.well("intake")
        self._store_problem = ""
        self._look_at(batch.next_due)

    def _look_at(self, due: float | None) -> None:
        if due is not None and (self._next_due is None or due < self._next_due):
            self._next_due = due
            self._due.set()

    def _accepts(self, channel: str, kind: Kind, quiet: bool) -> bool:
        known = self._channels.get(channel)
        return known is None or known.accepts(kind, quiet)

    def _wake_courier(self, channel: str) -> None:
        self._ensure_courier(channel).wake()

    def _ensure_courier(self, name: str) -> Courier:
        courier = self.couriers.get(name)
        if courier is None:
            courier = Courier(
                name,
                self.store,
                self._parts.claimant,
                lambda: self.plan,
                lambda: self._channels.get(name),
                self._accepts,
                self._words,
                self.metrics,
                self.now,
                self._parts.spread,
            )
            self.couriers[name] = courier
            if self._running:
                self._start_courier(courier)
        return courier

    def _start_courier(self, courier: Courier) -> None:
        name = f"deliver {courier.name}"
        self._loops.start(name, partial(courier.run, partial(self._loops.well, name)))

    def _words(self, notice: Notice, kind: Kind, channel: Channel) -> Message:
        return message_of(
            notice,
            kind,
            channel,
            render=self._renderer.render,
            links=self._links,
            zone=self._zone,
            external_url=self.links.external_url,
        )

    def _links(self, notice: Notice, facts: Mapping[str, object]) -> list[Link]:
        links = list(links_from(facts))
        if notice.incident is None:
            return links
        number, who = notice.incident, notice.target.person or ""
        links.append(Link("incident", f"Incident #{number}", self.links.incident(number)))
        if facts.get("status") == "firing":
            url = self.links.acknowledge(number, who, self.now() + LINK_LIFE)
            links.append(Link("acknowledge", "Acknowledge", url))
        return links

    def _zone(self, notice: Notice) -> str:
        person = self.plan.people.get(notice.target.person or "")
        return person.timezone if person else self.plan.business_hours.zone
