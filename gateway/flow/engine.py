"""The engine: intake, dispatch, delivery and responses on one store, and their loops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from gateway.config.load import Config, ConfigError, Problem
from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor
from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import RawRepost, ReportedAlert
from gateway.core.decide.result import ActionResult
from gateway.core.incidents.vendor_event import Cause
from gateway.core.plan.plan import Plan
from gateway.flow.calendars.calendars import Calendars
from gateway.flow.calendars.part import CalendarsPart
from gateway.flow.contacts.contact_health import ContactHealth
from gateway.flow.contacts.own_alert import check_contacts
from gateway.flow.delivery.pool import SenderPool
from gateway.flow.delivery.sender import Sender
from gateway.flow.dispatch.dispatcher import Dispatcher
from gateway.flow.dispatch.respond import IncidentAction
from gateway.flow.drills.drills import Drills
from gateway.flow.feeds.feeds import Feeds
from gateway.flow.follow_ups.follow_ups import FollowUps
from gateway.flow.heartbeats.heartbeats import Heartbeats
from gateway.flow.housekeeping import Housekeeping
from gateway.flow.inbound.mail_replies import MailReplies
from gateway.flow.inbound.pressed_keys import PressedKeys
from gateway.flow.inbound.text_replies import TextReplies
from gateway.flow.inbound.vendor_events import VendorEvents
from gateway.flow.intake.grouping import IntakeResult
from gateway.flow.intake.intake import Intake
from gateway.flow.intake.manual_pages import ManualPages
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.intake.source_activity import SourceActivity
from gateway.flow.intake.source_posts import SourcePosts
from gateway.flow.intake.truncation import record_truncation
from gateway.flow.intake.watchdog_monitor import WatchdogMonitor
from gateway.flow.link_checks.checker import LinkChecker
from gateway.flow.oncall.changes_part import ChangesPart
from gateway.flow.oncall.contacts_part import ContactsPart
from gateway.flow.oncall.duty_differences import difference_report, duty_differences
from gateway.flow.oncall.duty_recorder import DutyRecorder
from gateway.flow.oncall.plan_in_force import PlanInForce
from gateway.flow.oncall.rota_changes import RotaChanges
from gateway.flow.oncall.swaps import Swaps
from gateway.flow.oncall.turns_part import TurnsPart
from gateway.flow.own_alerts.conditions import check_on_call, check_void_changes, replica_check
from gateway.flow.own_alerts.reporter import OwnAlerts
from gateway.flow.queries.active_alerts import ActiveAlerts
from gateway.flow.reports.prometheus import report_lines
from gateway.flow.reports.scheduler import ReportScheduler
from gateway.flow.runtime.dependencies import Dependencies
from gateway.flow.runtime.dispatch_result import DispatchResult
from gateway.flow.runtime.health import Health
from gateway.flow.runtime.integrity import IntegrityMonitor
from gateway.flow.runtime.supervisor import Supervisor
from gateway.flow.shifts.handover import Handovers
from gateway.flow.shifts.mirror import OnCallMirror
from gateway.flow.shifts.swap_messages import notify_swap, notify_void_swap
from gateway.flow.shifts.watcher import ShiftWatcher
from gateway.flow.silences.silence_matches import SilenceMatches
from gateway.flow.silences.silences import Silences
from gateway.flow.stripe.endpoint_monitor import StripeEndpointMonitor
from gateway.flow.system_changes.system_changes import SystemChanges
from gateway.flow.verify.own_alert import check_verified
from gateway.flow.verify.verifier import Verifier
from gateway.store import StoreUnavailableError, outbox
from gateway.store.state import timeline

__all__ = ["Dependencies", "Engine", "Health"]

log = logging.getLogger(__name__)

CACHE_MAX_AGE = 30.0
"""Seconds for which a replica beside others uses its re-post cache before it reads the database.
Higher delays what another replica stored, lower costs a transaction for more re-posts."""

SHOWN_PROBLEMS = 3
"""Faults of routes.yaml that /readyz shows."""


class Engine:
    """One replica: takes alerts in, decides, delivers, and takes responses."""

    def __init__(self, dependencies: Dependencies) -> None:
        store, now = dependencies.store, dependencies.now
        self._dependencies = dependencies
        self.store = store
        self.links = dependencies.links
        self.metrics = dependencies.metrics
        self.now = now
        self._config = dependencies.config
        self._config_problems: tuple[Problem, ...] = ()
        self._truncating: set[str] = set()  # sources whose last batch was truncated
        self._supervisor = Supervisor(now)
        self._running = False
        self._reloading = asyncio.Lock()
        self._more_health: list[Callable[[], Sequence[Health]]] = []
        self.reload_reports: tuple[str, ...] = ()  # what the last reload changed in the database
        calendars = CalendarsPart(lambda: self._config)
        self.in_force = PlanInForce(
            store,
            dependencies.config.plan,
            [TurnsPart(), calendars, ChangesPart(notify_void_swap), ContactsPart()],
            now,
            self._plan_changed,
            shared=dependencies.shared,
        )
        self.changes = RotaChanges(store, self.in_force, now)
        self.swaps = Swaps(store, self.in_force, now, notify_swap)
        self.contacts = ContactHealth(store, self.in_force, now, self._contacts_unusable)

        def plan() -> Plan:
            return self.plan

        max_age = CACHE_MAX_AGE if dependencies.shared else None
        self._repost_cache = RepostCache(max_age, now())
        self.delivery = SenderPool(dependencies, plan, self._start_sender, self.contacts.wake)
        self.dispatcher = Dispatcher(dependencies, plan, self._repost_cache, self.delivery)
        self.intake = Intake(
            store,
            self._repost_cache,
            plan,
            now,
            self._intake_committed,
            self.dispatcher.immediate_decider,
        )
        self.source_posts = SourcePosts(store, now)
        self.watchdog_monitor = WatchdogMonitor(store, plan, now, self.submit)
        self.active_alerts = ActiveAlerts(store, self._repost_cache, plan, now)
        matches = SilenceMatches(store, now, self.active_alerts.candidates)
        self.silences = Silences(store, now, matches, self.dispatcher.schedule)
        self.manual_pages = ManualPages(store, plan, now, self._intake_committed)
        self.follow_ups = FollowUps(store, plan, now)
        self.system_changes = SystemChanges(store, now)
        self.duty = DutyRecorder(store, plan, now, Handovers(plan).announce)
        self.shifts = ShiftWatcher(store, self.in_force, now)
        self.reports = ReportScheduler(
            store,
            plan,
            now,
            lambda sections, span: report_lines(self._config.prometheus, sections, span),
        )
        self.heartbeats = Heartbeats(
            store, self.links, plan, now, self._intake_committed, dependencies.metrics
        )
        self.own_alerts = OwnAlerts(store, plan, now, self._intake_committed)
        self.own_alerts.add_check(check_on_call)
        self.own_alerts.add_check(check_void_changes)
        self.own_alerts.add_check(check_contacts)
        self.calendars = Calendars(store, lambda: self._config, now, self.in_force, calendars)
        self.own_alerts.add_check(self.calendars.conditions)
        self.source_activity = SourceActivity(
            store, lambda: self._config.sources, now, dependencies.metrics
        )
        self.own_alerts.add_check(self.source_activity.conditions)
        self.stripe_endpoints = StripeEndpointMonitor(
            lambda: self._config.sources, now, self.intake.submit
        )
        self.add_health(self.stripe_endpoints.health)
        self.verifier = Verifier(
            store,
            plan,
            now,
            self.delivery.accepts,
            self.active_alerts.mute_snapshot,
            dependencies.metrics,
            cron=dependencies.verify_cron,
        )
        self.own_alerts.add_check(check_verified)
        self.link_checker = LinkChecker(
            store, lambda: self._config, plan, now, dependencies.metrics
        )
        self.own_alerts.add_check(self.link_checker.conditions)
        self.drills = Drills(store, lambda: self._config, plan, now, dependencies.metrics)
        self.own_alerts.add_check(self.drills.conditions)
        self.mirror = OnCallMirror(store, plan, now, self.delivery.shows_on_call, self.own_alerts)
        self.feeds = Feeds(store, dependencies.links, plan, now)
        self.vendor_events = VendorEvents(
            store, plan, now, self.act_once, self.delivery.incident_directory
        )
        self.mail_replies = MailReplies(plan, self.links, now, self.dispatcher.respond)
        self.text_replies = TextReplies(store, plan, now, self.dispatcher.respond, self.contacts)
        self.pressed_keys = PressedKeys(store, plan, self.delivery, self.dispatcher.respond)
        self.integrity = IntegrityMonitor(store, dependencies.metrics, dependencies.monotonic)
        self._housekeeping = Housekeeping(
            dependencies, self._clear_caches, self._repost_cache, self.intake, self.delivery
        )
        self.own_alerts.add_check(
            replica_check(
                dependencies.claimant.name.partition(":")[0],
                self._housekeeping.clock_problem,
                lambda: _config_health(self._config_problems),
            )
        )

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._config

    @property
    def plan(self) -> Plan:
        """The plan in force: the configuration's, with what is stored of changes at run time."""
        return self.in_force.plan

    @property
    def retention(self) -> float:
        """Seconds for which resolved incidents are kept."""
        return self._dependencies.retention

    @property
    def senders(self) -> dict[str, Sender]:
        """The senders by account key."""
        return self.delivery.senders

    def absorb_raw(self, source: str, raw: RawRepost) -> bool:
        """Absorb a post of known re-posts; False: it must be parsed and submitted."""
        if source in self._truncating:
            return False
        watchdogs = self._repost_cache.absorb_raw(raw, self.now())
        if watchdogs is None:
            return False
        self.watchdog_monitor.mark_seen(watchdogs)
        return True

    async def submit(
        self,
        source: str,
        alerts: Sequence[ReportedAlert],
        truncated: int = 0,
        raw: RawRepost | None = None,
    ) -> None:
        """Store alerts; return once they are on disk. See `Intake.submit` for errors.

        `truncated`: how many more alerts the source has and did not send. `raw`: the same alerts as
        bytes.
        """
        watchdogs = self.watchdog_monitor.record_reports(alerts)
        try:
            settings = self.config.sources.get(source)
            timeout = settings.resolve_timeout if settings else None
            await self.intake.submit(source, alerts, timeout, raw, watchdogs)
            if truncated or source in self._truncating:
                self._truncating.add(source)
                identities = [identity(alert.labels) for alert in alerts]
                note = partial(
                    record_truncation, identities=identities, count=truncated, now=self.now()
                )
                await self.store.write(note)
        except StoreUnavailableError as error:
            self._housekeeping.store_problem = str(error)
            raise

    async def reject(
        self, source: str, status: int, error: str, detail: object, remote: str, excerpt: str
    ) -> None:
        """Store a refused request, so that admins see it (E42). Never raises."""
        with suppress(Exception):
            request = timeline.RejectedRequest(
                self.now(), source, status, error, detail, remote, excerpt
            )
            await self.store.write(partial(timeline.add_reject, request=request))

    async def act(
        self,
        number: int,
        name: ActionName,
        actor: Actor,
        other: int | None = None,
        **arguments: object,
    ) -> ActionResult:
        """Run an action on an incident: the one way in for all who act.

        `arguments` are those of the action in `gateway.core.actions`. KeyError for an unknown
        number, also for `other`, that of a second incident.
        """
        return await self.dispatcher.respond(IncidentAction(number, name, actor, arguments, other))

    async def act_once(
        self, cause: Cause, number: int, name: ActionName, actor: Actor, **arguments: object
    ) -> ActionResult:
        """Run an action that follows from a vendor's event; see `act`.

        Raises RepeatedEventError for an event that was acted upon before.
        """
        action = IncidentAction(number, name, actor, arguments, cause=cause)
        return await self.dispatcher.respond(action)

    async def reload(self) -> tuple[Problem, ...]:
        """Read routes.yaml again; return its problems. A bad file changes nothing (promise 6)."""
        async with self._reloading:
            try:
                config = self._dependencies.load()
                channels = self._dependencies.channels(config)
                renderer = self._dependencies.renderer()
                await renderer.start()
            except ConfigError as error:
                self._config_problems = error.problems
                self.metrics.record_reload(self.now(), ok=False)
                self.own_alerts.wake()
                for problem in error.masked():
                    log.error("routes.yaml not loaded: %s", problem)
                return error.problems
            if config.plan.watchdogs != self.plan.watchdogs:
                self._repost_cache.forget_raw()
            self._config = config
            before = self.plan
            reports = await self.in_force.adopt(config.plan)
            self.reload_reports = reports + await self._report_differences(before)
            self.delivery.adopt(channels, renderer)
            with suppress(StoreUnavailableError):  # dispatch regroups before it decides
                await self.dispatcher.regroup()
                # What an admin has just corrected is tried at once.
                await self.store.write(partial(outbox.retry_now, now=self.now()))
            self._config_problems = ()
            self._show_plan(config.plan)
            self.metrics.record_reload(self.now(), ok=True)
            log.info("routes.yaml loaded", extra={"digest": config.plan.digest})
            self.dispatcher.wake()
            self.delivery.wake()
            self.own_alerts.wake()
            self.mirror.wake()
            return ()

    async def _report_differences(self, before: Plan) -> tuple[str, ...]:
        """Log and return when other people are on call than by the plan before."""
        after, now = self.plan, self.now()
        changed = await asyncio.to_thread(duty_differences, before, after, now)
        report = difference_report(changed, before, after, now)
        for line in report:
            log.info("on call changes: %s", line)
        return report

    def problems(self) -> list[Health]:
        """Return the health of each component, for /readyz."""
        return [
            *self._housekeeping.health(),
            self.integrity.health(),
            *self._supervisor.health(),
            *self.delivery.health(self.now()),
            *self.calendars.health(),
            self.contacts.health(),
            *(health for report in self._more_health for health in report()),
            _config_health(self._config_problems),
        ]

    def add_health(self, report: Callable[[], Sequence[Health]]) -> None:
        """Let /readyz list further components."""
        self._more_health.append(report)

    async def start(self) -> None:
        """Start the loops. What fell due while no replica ran is done at once."""
        self._running = True
        await self.in_force.adopt(self._config.plan)
        self.prepare()
        await self.delivery.start()
        with suppress(StoreUnavailableError):  # housekeeping repeats it
            await self.delivery.find_removed()
        self._supervisor.start("intake", self.intake.run)
        self._start_rounds("dispatch", self.dispatcher.run)
        self._start_rounds("housekeeping", self._housekeeping.run)
        self._supervisor.start("store probe", self._housekeeping.probe)
        self._supervisor.start("integrity check", self.integrity.run)
        self._supervisor.start("watchdogs", self.watchdog_monitor.run)
        self._start_rounds("heartbeats", self.heartbeats.run)
        self._start_rounds("silences", self.silences.evaluator.run)
        self._start_rounds("duty records", self.duty.run)
        self._start_rounds("plan in force", self.in_force.run)
        self._start_rounds("shifts", self.shifts.run)
        self._start_rounds("reports", self.reports.run)
        self._start_rounds("on-call mirror", self.mirror.run)
        self._start_rounds("own alerts", self.own_alerts.run)
        self._start_rounds("calendars", self.calendars.run)
        self._start_rounds("source activity", self.source_activity.run)
        self._start_rounds("Stripe endpoints", self.stripe_endpoints.run)
        self._start_rounds("contacts", self.contacts.run)
        self._start_rounds("verification", self.verifier.run)
        self._start_rounds("drills", self.drills.run)
        self._start_rounds("link checks", self.link_checker.run)

    def prepare(self) -> None:
        """Build the channels and their senders, whose loops only `start` runs."""
        self._show_plan(self.plan)
        self.metrics.record_reload(self.now(), ok=True)
        self.delivery.adopt(self._dependencies.channels(self._config))

    def _show_plan(self, plan: Plan) -> None:
        self.metrics.set_config(plan.severities, plan.teams, plan.digest)

    def run(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """Start another loop under the same supervisor."""
        self._supervisor.start(name, body)

    async def stop(self) -> None:
        """Let attempts in flight end, release the other claims, and close the channels."""
        await self._supervisor.stop()
        ended = await self.delivery.stop()
        with suppress(StoreUnavailableError):
            await self.intake.write_extensions(self.now(), ahead=self.retention)
            if ended:  # all attempts are recorded: what is still claimed has not begun
                release = partial(outbox.release, owner=self._dependencies.claimant.name)
                await self.store.write(release)
        await self.delivery.close()

    def _start_rounds(
        self, name: str, run: Callable[[Callable[[], None]], Awaitable[None]]
    ) -> None:
        """Start a loop that reports each round that succeeded."""
        self._supervisor.start(name, partial(run, partial(self._supervisor.mark_healthy, name)))

    def _start_sender(self, sender: Sender) -> None:
        if self._running:
            self._start_rounds(f"deliver {sender.account_key}", sender.run)

    def _clear_caches(self) -> None:
        """Drop what is cached of the database, because a commit may have been lost with it."""
        self._repost_cache.clear(self.now())
        self.active_alerts.clear()

    def _plan_changed(self) -> None:
        """Record who is on call by the plan that is in force now, and announce changed shifts."""
        self.duty.wake()
        self.shifts.wake()
        self.reports.wake()
        self.contacts.wake()

    def _contacts_unusable(self, due_at: float) -> None:
        """Let incidents go on without contacts that became unusable, and notify admins."""
        self.dispatcher.schedule(due_at)
        self.own_alerts.wake()

    def _intake_committed(self, result: IntakeResult, decided: DispatchResult | None) -> None:
        self._supervisor.mark_healthy("intake")
        self._housekeeping.store_problem = ""
        self.dispatcher.take_intake(result.next_due, decided)


def _config_health(problems: Sequence[Problem]) -> Health:
    """Return the health of routes.yaml; its public text quotes nothing of the file."""
    if not problems:
        return Health("routes.yaml", ok=True)
    text = "; ".join(str(problem) for problem in problems[:SHOWN_PROBLEMS])
    where = ", ".join(problem.where for problem in problems[:SHOWN_PROBLEMS])
    more = f" and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
    public = f"not loaded: faults at {where}{more}; `gateway check` says which"
    return Health("routes.yaml", text, public, ok=False)
