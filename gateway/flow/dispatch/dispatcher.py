"""The dispatcher: when incidents are decided, and who gets what was decided."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from gateway.core.decide.result import ActionOutcome, ActionResult, Decision
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.pool import SenderPool
from gateway.flow.dispatch.context import DecisionContext
from gateway.flow.dispatch.dispatch import AT_ONCE, BATCH, decide_due
from gateway.flow.dispatch.regroup import Regrouper
from gateway.flow.dispatch.respond import PENDING_STEPS, IncidentAction, respond
from gateway.flow.dispatch.suppression_index import SuppressionIndex
from gateway.flow.dispatch.without_runbook import WithoutRunbook
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.runtime.dependencies import Dependencies
from gateway.flow.runtime.dispatch_result import Decide, DispatchResult
from gateway.flow.runtime.wake import wait_for_wake
from gateway.render.view.runbooks import runbook_of
from gateway.store import StoreUnavailableError
from gateway.store.queries.report import first_response_time

POLL_EVERY = 1.0
"""Seconds after which the database is read again, because another replica may have written to it.
Lower costs queries, higher delays what another replica stored and did not live to decide."""


class Dispatcher:
    """Decides incidents when they are due. Used from the event loop."""

    def __init__(
        self,
        dependencies: Dependencies,
        plan: Callable[[], Plan],
        repost_cache: RepostCache,
        senders: SenderPool,
    ) -> None:
        self._dependencies = dependencies
        self._store = dependencies.store
        self._now = dependencies.now
        self._metrics = dependencies.metrics
        self.without_runbook = WithoutRunbook()
        self._plan = plan
        self._repost_cache = repost_cache
        self._senders = senders
        self._suppression_index = SuppressionIndex(repost_cache, lambda: dependencies.store.epoch)
        self._regrouper = Regrouper(dependencies.store, plan, dependencies.now)
        self._due = asyncio.Event()
        self._next_due: float | None = None

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Decide until cancelled; call `mark_healthy` after each round."""
        while True:
            self._due.clear()
            result = await self.dispatch_once()
            mark_healthy()
            if result.decided >= BATCH:
                continue
            pause = POLL_EVERY
            if self._next_due is not None:
                pause = min(pause, max(0.0, self._next_due - self._now()))
            await wait_for_wake(self._due, pause)

    async def dispatch_once(self) -> DispatchResult:
        """Decide one batch of what is due now, grouped by the routes in force."""
        await self._regrouper.catch_up()
        decide = self._decider()
        # `now` is read in the transaction: what falls due while it waits for the writer is
        # decided with the rest, and may be the most urgent of all.
        result = await self._store.write(lambda tx: decide(tx, self._now()))
        self._next_due = result.next_due
        self._publish_result(result)
        return result

    def immediate_decider(self) -> Decide | None:
        """Return what decides incidents in the transaction of their alerts.

        None while stored alerts are grouped by other routes than those in force.
        """
        return self._decider(AT_ONCE) if self._regrouper.is_current else None

    def take_intake(self, next_due: float | None, result: DispatchResult | None) -> None:
        """Take what a transaction of intake made due, and what it decided, if anything."""
        if result is None:
            self.schedule(next_due)
        else:
            self._publish_result(result)
            self.schedule(result.next_due)

    async def respond(self, action: IncidentAction) -> ActionResult:
        """Store a person's action and what follows. KeyError for an unknown incident."""
        context, now = self._context(), self._now()
        withdrawn_ids = [
            notice_id
            for sender in self._senders.senders.values()
            if action.spec.stops_steps
            for notice_id in sender.withdraw(action.number, PENDING_STEPS)
        ]
        result = await self._store.write(
            partial(respond, action=action, context=context, now=now, withdrawn_ids=withdrawn_ids)
        )
        if result.decision is not None:
            self._metrics.count_response(result)
            if result.answer in (ActionOutcome.DONE, ActionOutcome.TAKEN_OVER):
                await self._count_first_response(result.incident)
            self._count(result.decision)
            for decision in (result.decision, result.other):
                for notice in () if decision is None else decision.notices:
                    self._senders.sender(notice.target.account_key).wake()
                self.schedule(None if decision is None else decision.incident.due_at)
        return result

    async def _count_first_response(self, incident: Incident) -> None:
        """Observe how long the first acknowledgement took. The action is stored already."""
        if incident.test:
            return
        with suppress(StoreUnavailableError):
            seconds = await self._store.read(partial(first_response_time, number=incident.number))
            if seconds is not None:
                self._metrics.count_first_response(incident, seconds)

    async def regroup(self) -> None:
        """Group all stored alerts by the routes in force.

        Raises StoreUnavailableError; then the next dispatch does it.
        """
        await self._regrouper.regroup_all()

    def schedule(self, due_at: float | None) -> None:
        """Dispatch at `due_at`, where that is sooner than planned; None: nothing became due."""
        if due_at is not None and (self._next_due is None or due_at < self._next_due):
            self._next_due = due_at
            self._due.set()

    def wake(self) -> None:
        """Dispatch now."""
        self._due.set()

    def _decider(self, limit: int = BATCH) -> Decide:
        capacity = self._senders.capacity()
        return partial(decide_due, context=self._context(), capacity=capacity, limit=limit)

    def _context(self) -> DecisionContext:
        return DecisionContext(
            self._plan(),
            self._repost_cache,
            self._suppression_index,
            self._senders.accepts,
            self._dependencies.claimant,
        )

    def _publish_result(self, result: DispatchResult) -> None:
        self._senders.distribute(result)
        for decision in result.decisions:
            self._count(decision)

    def _count(self, decision: Decision) -> None:
        self._metrics.count_decision(decision.reasons)
        if decision.incident.test:
            return
        if NotifyReason.FIRST in decision.reasons and decision.facts is not None:
            url = self._dependencies.links.external_url
            runbook = runbook_of(decision.facts, self._plan(), url)
            team = decision.incident.team
            self._metrics.count_first_notice(team, runbook=runbook.link is not None)
            if runbook.link is None:
                self.without_runbook.add(team, decision.facts)
        if NotifyReason.MISSED in decision.reasons:
            incident = decision.incident
            self._metrics.count_missed_response(incident.team, incident.severity)
        if any(entry.kind is TimelineKind.RESOLVED for entry in decision.entries):
            incident = decision.incident
            lasted = incident.lasted(self._now())
            self._metrics.count_resolution(incident.team, incident.severity, lasted)
        for notice in decision.notices:
            self._metrics.count_notice(notice.target.account_key, notice.kind)
