"""Dispatch: incidents that are due are decided, and their notices go into the outbox.

Incident, notices and timeline are written in one transaction. The first notices are claimed in it
already, which saves a commit for urgent ones.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.clock import is_skewed
from gateway.core.actions.close import give_to_successor
from gateway.core.decide.decide import decide
from gateway.core.decide.result import Decision
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.suppression import Suppression, SuppressReason, suppressions_text
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.flow.delivery.holding import defer_all_held
from gateway.flow.delivery.queue_heads import apply_queue_steps
from gateway.flow.dispatch.context import DecisionContext
from gateway.flow.dispatch.merged import follow_merged, members_with_merged
from gateway.flow.dispatch.save_decisions import save_decisions
from gateway.flow.dispatch.turn_keeper import TurnKeeper
from gateway.flow.intake.grouping import IntakeResult, assign
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.runtime.dispatch_result import DispatchResult
from gateway.store import Tx
from gateway.store.state import incidents, schedule, timeline

log = logging.getLogger(__name__)

BATCH = 64
"""Incidents decided in one transaction. Higher makes a critical one that becomes due wait longer.
Lower folds less into digests, because each transaction claims some notices at once."""

FEW = 16
"""Incidents decided in one transaction where a more urgent one falls due within SOON seconds, so
that it does not wait for a whole batch. Measured with many alerts: a third of the longest wait, a
tenth fewer messages while criticals keep coming."""

SOON = 0.1
"""Seconds that a whole batch takes on a busy machine."""

AT_ONCE = 8
"""Incidents that intake decides in the transaction of their alerts. Other requests wait for it."""

SET_ASIDE = 60.0
"""Seconds after which an incident that could not be decided is tried again."""


def with_latest_reports(stored: Sequence[Member], repost_cache: RepostCache) -> list[Member]:
    """Return the members with ends and texts that are cached and not stored yet."""
    latest = []
    for member in stored:
        alert = repost_cache.with_latest_text(member.alert)
        ends_at = repost_cache.ends_at(alert.identity, alert.ends_at, alert.updated_at)
        if ends_at != alert.ends_at:
            alert = replace(alert, ends_at=ends_at)
        if alert is not member.alert:
            member = replace(member, alert=alert)
        latest.append(member)
    return latest


def decide_due(
    tx: Tx,
    now: float,
    context: DecisionContext,
    capacity: Mapping[str, int],
    limit: int = BATCH,
) -> DispatchResult:
    """Decide the most urgent of the incidents that are due at `now`.

    `capacity`: how many notices each account's sender takes already claimed. Decides nothing while
    this replica's clock and the database's differ (E55).
    """
    result = DispatchResult(began=tx.started_at)
    if is_skewed(tx.skew):
        return result
    due: list[Incident] = schedule.due(tx, now, limit, few=FEW, soon=SOON)
    if due:
        result.decided = len(due)
        result.decisions = _decide(tx, due, context, now)
        result.decisions += follow_merged(tx, due, result.decisions, now)
        claimed = save_decisions(
            tx, result.decisions, now, context.accepts, context.claimant, capacity
        )
        left = {alert.identity: alert for d in result.decisions for alert in d.left}
        if left:
            assign(tx, list(left.values()), context.plan, now, IntakeResult())
        steps = apply_queue_steps(tx, claimed, context.accepts, now, context.claimant)
        result.claimed_notices = defer_all_held(tx, steps, context.plan, now)
        unclaimed = Counter(n.target.account_key for d in result.decisions for n in d.notices)
        unclaimed.subtract(notice.target.account_key for notice in claimed)
        result.account_keys = {key for key, count in unclaimed.items() if count > 0}
    result.next_due = schedule.next_due(tx)
    return result


def _decide(
    tx: Tx, due: Sequence[Incident], context: DecisionContext, now: float
) -> list[Decision]:
    decisions = []
    context.suppression_index.refresh(tx, context.plan, now)
    stored = members_with_merged(tx, due)
    closed = [incident.group_key for incident in due if not incident.open]
    successors = incidents.open_by_key(tx, closed) if closed else {}
    keeper = TurnKeeper(tx, context.plan)
    for incident in due:
        latest = with_latest_reports(stored.get(incident.number, []), context.repost_cache)
        successor = successors.get(incident.group_key)
        if successor is not None and not incident.open:
            decisions.append(give_to_successor(incident, latest, successor.number, now))
            continue
        suppressed = context.suppression_index.of(latest, now)
        try:
            decision = decide(incident, latest, context.plan, now, suppressed, keeper.turns)
            keeper.record(decision)
            decisions.append(decision)
            if decision.incident.open and not incident.open:
                successors[incident.group_key] = decision.incident  # its group has one at most
        except Exception as fault:
            # A fault of the gateway in one incident must not hold up all the others.
            number = incident.number
            log.exception("incident %d could not be decided", number, extra={"incident": number})
            set_aside(tx, incident, fault, now)
    keeper.save()
    return decisions


def set_aside(tx: Tx, incident: Incident, fault: Exception, now: float) -> None:
    """Postpone an incident that could not be decided, and say so in its timeline once."""
    why = (Suppression(SuppressReason.FAULT, type(fault).__name__),)
    if incident.suppressions != why:
        entry = TimelineEntry(now, TimelineKind.FAILED, suppressions_text(why, "UTC"), {})
        timeline.add(tx, [(incident.number, entry)])
    incidents.save(tx, [replace(incident, suppressions=why, due_at=now + SET_ASIDE)])
