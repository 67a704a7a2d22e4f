"""The engine: the four verbs wired to one store, and their loops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from gateway.config.load import Config, ConfigError, Problem
from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import RawRepost, ReportedAlert
from gateway.core.decide.acknowledge import ActionResult, acknowledge, unacknowledge
from gateway.core.decide.takeover import give_back, take
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.courier import Courier
from gateway.flow.delivery.pool import Delivery
from gateway.flow.dispatch.acknowledge import PENDING_STEPS, respond
from gateway.flow.dispatch.dispatch import AT_ONCE, BATCH, decide_due
from gateway.flow.dispatch.regroup import Grouping
from gateway.flow.dispatch.suppression import Suppression
from gateway.flow.housekeeping import RETENTION, Upkeep
from gateway.flow.intake.intake import Intake
from gateway.flow.intake.placement import Batch
from gateway.flow.intake.repost_cache import Memory
from gateway.flow.intake.truncation import note_left_out
from gateway.flow.intake.watchdogs import Watch
from gateway.flow.queries.active_alerts import Burning
from gateway.flow.runtime.dependencies import Health, Parts
from gateway.flow.runtime.dispatched import Decide, Dispatched
from gateway.flow.runtime.integrity import Integrity
from gateway.flow.runtime.supervisor import Loops
from gateway.flow.silences.affected import Concerned
from gateway.flow.silences.silences import Silences
from gateway.store import StoreUnavailableError, outbox
from gateway.store.state import timeline

__all__ = ["Engine", "Health", "Parts"]

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between looks at the database for what another replica stored."""

TRUST = 30.0
"""Seconds that a replica beside others answers from its memory before it asks the store."""


class Engine:
    """One replica: takes alerts in, decides, delivers, and takes answers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.store = parts.store
        self.links = parts.links
        self.metrics = parts.metrics
        self.now = parts.now
        self._config = parts.config
        self._config_problems: tuple[Problem, ...] = ()
        self._leaving_out: set[str] = set()  # sources that once said so, to notice the end of it
        self._loops = Loops(parts.now)
        self._running = False
        self._due = asyncio.Event()
        self._next_due: float | None = None
        self._reloading = asyncio.Lock()
        self._memory = Memory(TRUST if parts.shared else None, parts.now())
        self._suppression = Suppression(self._memory, lambda: parts.store.epoch)
        self._grouping = Grouping(parts.store, lambda: self.plan, parts.now)
        self.intake = Intake(
            parts.store,
            self._memory,
            lambda: self.plan,
            parts.now,
            self._committed,
            self._deciding,
        )
        self.watch = Watch(parts.store, lambda: self.plan, parts.now, self.submit)
        self.delivery = Delivery(parts, lambda: self.plan, self._begin)
        self.burning = Burning(parts.store, self._memory, lambda: self.plan, parts.now)
        concerned = Concerned(parts.store, parts.now, self.burning.candidates)
        self.silences = Silences(parts.store, parts.now, concerned, self._look_at)
        self.integrity = Integrity(parts.store, parts.metrics, parts.monotonic)
        self._upkeep = Upkeep(parts, self._forget, self._memory, self.intake, self.delivery)

    # What the web and the command line use.

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._config

    @property
    def plan(self) -> Plan:
        """What it means."""
        return self._config.plan

    @property
    def couriers(self) -> dict[str, Courier]:
        """The couriers by channel."""
        return self.delivery.couriers

    def recognise(self, source: str, unread: RawRepost) -> bool:
        """Whether these reports say nothing that is not known, so that nobody need read them."""
        if source in self._leaving_out:
            return False
        alive = self._memory.recognise(unread, self.now())
        if alive is None:
            return False
        self.watch.heard(alive)
        return True

    async def submit(
        self,
        source: str,
        alerts: Sequence[ReportedAlert],
        left_out: int = 0,
        unread: RawRepost | None = None,
    ) -> None:
        """Take alerts in; returns once they are on disk. See Intake.submit for errors.

        `left_out`: how many more the source says it has and did not send. `unread`: the same
        alerts before they were read.
        """
        signs = self.watch.notice(alerts)
        try:
            settings = self.config.sources.get(source)
            timeout = settings.resolve_timeout if settings else None
            await self.intake.submit(source, alerts, timeout, unread, signs)
            if left_out or source in self._leaving_out:
                self._leaving_out.add(source)
                names = [identity(alert.labels) for alert in alerts]
                note = partial(note_left_out, identities=names, count=left_out, now=self.now())
                await self.store.write(note)
        except StoreUnavailableError as error:
            self._upkeep.store_problem = str(error)
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

    async def acknowledge(self, number: int, by: str, via: str) -> ActionResult:
        """`by` takes incident `number`. KeyError when there is none."""
        return await self._respond(number, acknowledge, by, via)

    async def take(self, number: int, by: str, via: str, holder: str | None = None) -> ActionResult:
        """`by` takes the incident over from `holder`, see `takeover.take`. KeyError: no such."""
        return await self._respond(number, partial(take, holder=holder), by, via)

    async def give_back(self, number: int, by: str, via: str) -> ActionResult:
        """Undo a take-over. KeyError when there is no such incident."""
        return await self._respond(number, give_back, by, via)

    async def unacknowledge(self, number: int, by: str, via: str) -> ActionResult:
        """Undo an acknowledgement."""
        return await self._respond(number, unacknowledge, by, via)

    async def _respond(
        self, number: int, act: Callable[..., ActionResult], by: str, via: str
    ) -> ActionResult:
        plan, now, accepts = self.plan, self.now(), self.delivery.accepts
        owner = self._parts.claimant.name
        recalled = [
            notice_id
            for courier in self.delivery.couriers.values()
            if act is not unacknowledge
            for notice_id in courier.recall(number, PENDING_STEPS)
        ]
        response = await self.store.write(
            lambda tx: respond(
                tx, number, act, plan, self._memory, accepts, by, via, now, owner, recalled
            )
        )
        if response.decision is not None:
            self.metrics.count_decision(response.decision.reasons)
            self.metrics.count_response(response, now)
            for notice in response.decision.notices:
                self.metrics.count_notice(notice.target.channel, notice.kind)
                self.delivery.courier(notice.target.channel).wake()
            self._look_at(response.incident.due_at)
        return response

    async def reload(self) -> tuple[Problem, ...]:
        """Read routes.yaml anew. A bad file changes nothing; its problems come back (promise 6)."""
        async with self._reloading:
            try:
                config = self._parts.load()
                channels = self._parts.channels(config)
                renderer = self._parts.renderer()
                await renderer.start()
            except ConfigError as error:
                self._config_problems = error.problems
                self.metrics.record_reload(False, self.now())
                for problem in error.masked():
                    log.error("routes.yaml not loaded: %s", problem)
                return error.problems
            if config.plan.watchdogs != self.plan.watchdogs:
                self._memory.unfamiliar()
            self._config = config
            self.delivery.adopt(channels, renderer)
            with suppress(StoreUnavailableError):  # before it decides again, dispatch catches up
                await self._grouping.renew()
                # What an admin just mended need not wait for its next attempt.
                await self.store.write(partial(outbox.retry_now, now=self.now()))
            self._config_problems = ()
            self.metrics.set_config(config.plan.severities, config.plan.digest)
            self.metrics.record_reload(True, self.now())
            log.info("routes.yaml loaded", extra={"digest": config.plan.digest})
            self._due.set()
            self.delivery.wake()
            return ()

    def problems(self) -> list[Health]:
        """The state of each component, for /readyz."""
        now = self.now()
        self._loops.calm()
        problem = self._upkeep.store_problem
        found = [Health("store", not problem, problem)]
        skew = self._upkeep.clock_problem()
        found.append(Health("clock", not skew, skew))
        found.append(Health("database file", not self.integrity.problem, self.integrity.problem))
        for name, loop in self._loops.loops.items():
            since = loop.failing_since
            text = f"failing for {now - since:.0f} s: {loop.error}" if since is not None else ""
            found.append(Health(name, since is None, text, text.partition(":")[0]))
        found += self.delivery.health(now)
        faults = self._config_problems
        bad_file = "; ".join(str(problem) for problem in faults[:3])
        where = ", ".join(problem.where for problem in faults[:3])
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        public = f"not loaded: faults at {where}{more}; `gateway check` says which"
        found.append(Health("routes.yaml", not bad_file, bad_file, public if bad_file else ""))
        return found

    # Life.

    async def start(self) -> None:
        """Begin the loops. What was due while nobody ran is done at once."""
        self._running = True
        self.prepare()
        await self.delivery.start()
        self._loops.start("intake", self.intake.run)
        self._loops.start("dispatch", self._dispatch_loop)
        upkeep = "housekeeping"
        self._loops.start(upkeep, partial(self._upkeep.run, partial(self._loops.well, upkeep)))
        self._loops.start("store probe", self._upkeep.probe)
        self._loops.start("integrity check", self.integrity.run)
        self._loops.start("watchdogs", self.watch.run)
        silencing = "silences"
        self._loops.start(
            silencing, partial(self.silences.run, partial(self._loops.well, silencing))
        )

    def prepare(self) -> None:
        """Build the channels and their couriers; unless started, time is then moved by hand."""
        self.metrics.set_config(self.plan.severities, self.plan.digest)
        self.metrics.record_reload(True, self.now())
        self.delivery.adopt(self._parts.channels(self._config))

    def run(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """Keep another loop alive with the rest."""
        self._loops.start(name, body)

    async def stop(self) -> None:
        """Finish what is in flight, or hand it back; then close the channels."""
        await self._loops.stop()
        ended = await self.delivery.stop()
        with suppress(StoreUnavailableError):
            await self.intake.write_extensions(self.now(), ahead=RETENTION)
            if ended:  # all is on record: what is left was claimed and never begun
                release = partial(outbox.release, owner=self._parts.claimant.name)
                await self.store.write(release)
        await self.delivery.close()

    # Dispatch.

    async def dispatch_once(self) -> Dispatched:
        """Decide one batch of what is due now, grouped by the routes in force."""
        await self._grouping.catch_up()
        decide = self._decide()
        # The hour is that at which its turn comes: what falls due while it waits for the writer
        # is decided with the rest, and may be the most urgent of all.
        done = await self.store.write(lambda tx: decide(tx, self.now()))
        self._next_due = done.next_due
        self._decided(done)
        return done

    def _decide(self, most: int = BATCH) -> Decide:
        return partial(
            decide_due,
            plan=self.plan,
            memory=self._memory,
            suppression=self._suppression,
            accepts=self.delivery.accepts,
            claimant=self._parts.claimant,
            room=self.delivery.room(),
            most=most,
        )

    def _deciding(self) -> Decide | None:
        return self._decide(AT_ONCE) if self._grouping.current else None

    def _decided(self, done: Dispatched) -> None:
        self.delivery.hand_out(done)
        for decision in done.decisions:
            self.metrics.count_decision(decision.reasons)
            for notice in decision.notices:
                self.metrics.count_notice(notice.target.channel, notice.kind)

    async def _dispatch_loop(self) -> None:
        while True:
            self._due.clear()
            done = await self.dispatch_once()
            self._loops.well("dispatch")
            if done.decided >= BATCH:
                continue
            pause = POLL
            if self._next_due is not None:
                pause = min(pause, max(0.0, self._next_due - self.now()))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._due.wait()

    def _begin(self, courier: Courier) -> None:
        if self._running:
            name = f"deliver {courier.name}"
            self._loops.start(name, partial(courier.run, partial(self._loops.well, name)))

    def _forget(self) -> None:
        """What is remembered of the database is certain no more."""
        self._memory.clear(self.now())
        self._suppression.clear()
        self.burning.clear()

    def _committed(self, batch: Batch, dispatched: Dispatched | None) -> None:
        self._loops.well("intake")
        self._upkeep.store_problem = ""
        if dispatched is None:
            self._look_at(batch.next_due)
        else:
            self._decided(dispatched)
            self._look_at(dispatched.next_due)

    def _look_at(self, due: float | None) -> None:
        if due is not None and (self._next_due is None or due < self._next_due):
            self._next_due = due
            self._due.set()
