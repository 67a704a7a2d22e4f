"""The engine: the four verbs wired to one store, and their loops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from gateway.config.load import Config, ConfigError, Problem
from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import RawRepost, ReportedAlert
from gateway.core.decide.acknowledge import acknowledge, unacknowledge
from gateway.core.decide.result import ActionResult
from gateway.core.decide.take_over import give_back, take
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.pool import SenderPool
from gateway.flow.delivery.sender import Sender
from gateway.flow.dispatch.dispatch import AT_ONCE, BATCH, decide_due
from gateway.flow.dispatch.regroup import Regrouper
from gateway.flow.dispatch.respond import PENDING_STEPS, respond
from gateway.flow.dispatch.suppression_index import SuppressionIndex
from gateway.flow.housekeeping import RETENTION, Housekeeping
from gateway.flow.intake.grouping import IntakeResult
from gateway.flow.intake.intake import Intake
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.intake.truncation import record_truncation
from gateway.flow.intake.watchdog_monitor import WatchdogMonitor
from gateway.flow.queries.active_alerts import ActiveAlerts
from gateway.flow.runtime.dependencies import Dependencies, Health
from gateway.flow.runtime.dispatch_result import Decide, DispatchResult
from gateway.flow.runtime.integrity import IntegrityMonitor
from gateway.flow.runtime.supervisor import Supervisor
from gateway.flow.silences.silence_matches import SilenceMatches
from gateway.flow.silences.silences import Silences
from gateway.store import StoreUnavailableError, outbox
from gateway.store.state import timeline

__all__ = ["Dependencies", "Engine", "Health"]

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between looks at the database for what another replica stored."""

TRUST = 30.0
"""Seconds that a replica beside others answers from its memory before it asks the store."""


class Engine:
    """One replica: takes alerts in, decides, delivers, and takes answers."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self.store = dependencies.store
        self.links = dependencies.links
        self.metrics = dependencies.metrics
        self.now = dependencies.now
        self._config = dependencies.config
        self._config_problems: tuple[Problem, ...] = ()
        self._truncating: set[str] = set()  # sources that once said so, to notice the end of it
        self._supervisor = Supervisor(dependencies.now)
        self._running = False
        self._due = asyncio.Event()
        self._next_due: float | None = None
        self._reloading = asyncio.Lock()
        self._repost_cache = RepostCache(TRUST if dependencies.shared else None, dependencies.now())
        self._suppression_index = SuppressionIndex(
            self._repost_cache, lambda: dependencies.store.epoch
        )
        self._regrouper = Regrouper(dependencies.store, lambda: self.plan, dependencies.now)
        self.intake = Intake(
            dependencies.store,
            self._repost_cache,
            lambda: self.plan,
            dependencies.now,
            self._committed,
            self._immediate_decider,
        )
        self.watchdog_monitor = WatchdogMonitor(
            dependencies.store, lambda: self.plan, dependencies.now, self.submit
        )
        self.delivery = SenderPool(dependencies, lambda: self.plan, self._start_sender)
        self.active_alerts = ActiveAlerts(
            dependencies.store, self._repost_cache, lambda: self.plan, dependencies.now
        )
        silence_matches = SilenceMatches(
            dependencies.store, dependencies.now, self.active_alerts.candidates
        )
        self.silences = Silences(
            dependencies.store, dependencies.now, silence_matches, self._schedule
        )
        self.integrity = IntegrityMonitor(
            dependencies.store, dependencies.metrics, dependencies.monotonic
        )
        self._housekeeping = Housekeeping(
            dependencies, self._clear_caches, self._repost_cache, self.intake, self.delivery
        )

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
    def senders(self) -> dict[str, Sender]:
        """The couriers by channel."""
        return self.delivery.senders

    def absorb_raw(self, source: str, unread: RawRepost) -> bool:
        """Whether these reports say nothing that is not known, so that nobody need read them."""
        if source in self._truncating:
            return False
        reported_watchdogs = self._repost_cache.absorb_raw(unread, self.now())
        if reported_watchdogs is None:
            return False
        self.watchdog_monitor.mark_seen(reported_watchdogs)
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
        watchdogs = self.watchdog_monitor.record_reports(alerts)
        try:
            settings = self.config.sources.get(source)
            timeout = settings.resolve_timeout if settings else None
            await self.intake.submit(source, alerts, timeout, unread, watchdogs)
            if left_out or source in self._truncating:
                self._truncating.add(source)
                names = [identity(alert.labels) for alert in alerts]
                note = partial(record_truncation, identities=names, count=left_out, now=self.now())
                await self.store.write(note)
        except StoreUnavailableError as error:
            self._housekeeping.store_problem = str(error)
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
        """`by` takes the incident over from `holder`, see `take_over.take`. KeyError: no such."""
        return await self._respond(number, partial(take, holder=holder), by, via)

    async def give_back(self, number: int, by: str, via: str) -> ActionResult:
        """Undo a take-over. KeyError when there is no such incident."""
        return await self._respond(number, give_back, by, via)

    async def unacknowledge(self, number: int, by: str, via: str) -> ActionResult:
        """Undo an acknowledgement."""
        return await self._respond(number, unacknowledge, by, via)

    async def _respond(
        self, number: int, action: Callable[..., ActionResult], by: str, via: str
    ) -> ActionResult:
        plan, now, accepts = self.plan, self.now(), self.delivery.accepts
        owner = self._dependencies.claimant.name
        withdrawn_ids = [
            notice_id
            for sender in self.delivery.senders.values()
            if action is not unacknowledge
            for notice_id in sender.withdraw(number, PENDING_STEPS)
        ]
        response = await self.store.write(
            lambda tx: respond(
                tx,
                number,
                action,
                plan,
                self._repost_cache,
                accepts,
                by,
                via,
                now,
                owner,
                withdrawn_ids,
            )
        )
        if response.decision is not None:
            self.metrics.count_decision(response.decision.reasons)
            self.metrics.count_response(response, now)
            for notice in response.decision.notices:
                self.metrics.count_notice(notice.target.channel, notice.kind)
                self.delivery.sender(notice.target.channel).wake()
            self._schedule(response.incident.due_at)
        return response

    async def reload(self) -> tuple[Problem, ...]:
        """Read routes.yaml anew. A bad file changes nothing; its problems come back (promise 6)."""
        async with self._reloading:
            try:
                config = self._dependencies.load()
                channels = self._dependencies.channels(config)
                renderer = self._dependencies.renderer()
                await renderer.start()
            except ConfigError as error:
                self._config_problems = error.problems
                self.metrics.record_reload(False, self.now())
                for problem in error.masked():
                    log.error("routes.yaml not loaded: %s", problem)
                return error.problems
            if config.plan.watchdogs != self.plan.watchdogs:
                self._repost_cache.forget_raw()
            self._config = config
            self.delivery.adopt(channels, renderer)
            with suppress(StoreUnavailableError):  # before it decides again, dispatch catches up
                await self._regrouper.regroup_all()
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
        self._supervisor.clear_old_failures()
        problem = self._housekeeping.store_problem
        found = [Health("store", not problem, problem)]
        skew = self._housekeeping.clock_problem()
        found.append(Health("clock", not skew, skew))
        found.append(Health("database file", not self.integrity.problem, self.integrity.problem))
        for name, loop in self._supervisor.loops.items():
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
        self._supervisor.start("intake", self.intake.run)
        self._supervisor.start("dispatch", self._dispatch_loop)
        upkeep = "housekeeping"
        self._supervisor.start(
            upkeep, partial(self._housekeeping.run, partial(self._supervisor.mark_healthy, upkeep))
        )
        self._supervisor.start("store probe", self._housekeeping.probe)
        self._supervisor.start("integrity check", self.integrity.run)
        self._supervisor.start("watchdogs", self.watchdog_monitor.run)
        silencing = "silences"
        self._supervisor.start(
            silencing, partial(self.silences.run, partial(self._supervisor.mark_healthy, silencing))
        )

    def prepare(self) -> None:
        """Build the channels and their couriers; unless started, time is then moved by hand."""
        self.metrics.set_config(self.plan.severities, self.plan.digest)
        self.metrics.record_reload(True, self.now())
        self.delivery.adopt(self._dependencies.channels(self._config))

    def run(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """Keep another loop alive with the rest."""
        self._supervisor.start(name, body)

    async def stop(self) -> None:
        """Finish what is in flight, or hand it back; then close the channels."""
        await self._supervisor.stop()
        ended = await self.delivery.stop()
        with suppress(StoreUnavailableError):
            await self.intake.write_extensions(self.now(), ahead=RETENTION)
            if ended:  # all is on record: what is left was claimed and never begun
                release = partial(outbox.release, owner=self._dependencies.claimant.name)
                await self.store.write(release)
        await self.delivery.close()

    # Dispatch.

    async def dispatch_once(self) -> DispatchResult:
        """Decide one batch of what is due now, grouped by the routes in force."""
        await self._regrouper.catch_up()
        decide = self._decider()
        # The hour is that at which its turn comes: what falls due while it waits for the writer
        # is decided with the rest, and may be the most urgent of all.
        done = await self.store.write(lambda tx: decide(tx, self.now()))
        self._next_due = done.next_due
        self._publish_decisions(done)
        return done

    def _decider(self, limit: int = BATCH) -> Decide:
        return partial(
            decide_due,
            plan=self.plan,
            repost_cache=self._repost_cache,
            suppression_index=self._suppression_index,
            accepts=self.delivery.accepts,
            claimant=self._dependencies.claimant,
            capacity=self.delivery.capacity(),
            limit=limit,
        )

    def _immediate_decider(self) -> Decide | None:
        return self._decider(AT_ONCE) if self._regrouper.is_current else None

    def _publish_decisions(self, done: DispatchResult) -> None:
        self.delivery.distribute(done)
        for decision in done.decisions:
            self.metrics.count_decision(decision.reasons)
            for notice in decision.notices:
                self.metrics.count_notice(notice.target.channel, notice.kind)

    async def _dispatch_loop(self) -> None:
        while True:
            self._due.clear()
            done = await self.dispatch_once()
            self._supervisor.mark_healthy("dispatch")
            if done.decided >= BATCH:
                continue
            pause = POLL
            if self._next_due is not None:
                pause = min(pause, max(0.0, self._next_due - self.now()))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._due.wait()

    def _start_sender(self, sender: Sender) -> None:
        if self._running:
            name = f"deliver {sender.name}"
            self._supervisor.start(
                name, partial(sender.run, partial(self._supervisor.mark_healthy, name))
            )

    def _clear_caches(self) -> None:
        """What is remembered of the database is certain no more."""
        self._repost_cache.clear(self.now())
        self._suppression_index.clear()
        self.active_alerts.clear()

    def _committed(self, batch: IntakeResult, dispatch_result: DispatchResult | None) -> None:
        self._supervisor.mark_healthy("intake")
        self._housekeeping.store_problem = ""
        if dispatch_result is None:
            self._schedule(batch.next_due)
        else:
            self._publish_decisions(dispatch_result)
            self._schedule(dispatch_result.next_due)

    def _schedule(self, due: float | None) -> None:
        if due is not None and (self._next_due is None or due < self._next_due):
            self._next_due = due
            self._due.set()
