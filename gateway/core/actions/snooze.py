"""A person snoozes an incident until a time: nothing is notified unless it gets worse. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actions.requirements import refusal_unless_open
from gateway.core.actor import Actor
from gateway.core.decide.evaluation import Evaluation, snooze_suppression
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.responses import Snooze
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import local_minute

LONGEST_SNOOZE = 30 * 24 * 3600.0
"""Seconds. What must stay silent for longer is a case for a silence or a better alert."""


def snooze(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    until: float,
    reason: str = "",
) -> ActionResult:
    """Notify nothing before `until`, except of severity worse than now; replaces a snooze."""
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    if until <= now:
        return refused(incident, "a snooze must end in the future", "until")
    if until > now + LONGEST_SNOOZE:
        why = "a snooze lasts at most 30 days: add a silence for what must stay silent longer"
        return refused(incident, why, "until")
    ev = Evaluation(incident, members, plan, now, {})
    state = Snooze(until, actor.id, now, ev.severity.rank, reason)
    draft = ev.draft
    draft.responses = replace(draft.responses, snooze=state)
    ev.muted = snooze_suppression(state, plan)
    draft.suppressions = (ev.muted,)
    draft.notification_pending = True
    end = local_minute(until, plan.business_hours.zone)
    why = f": {reason}" if reason else ""
    name = plan.name_of(actor.id)
    ev.note = f"{name} snoozed it until {end}{why}"
    cause = NotifyReason.SNOOZED
    ev.notify(list(draft.notified_targets.values()), TRANSITIONS[draft.state, cause].kind, cause)
    ev.reasons.append(cause)
    line = f"until {end} by {name} ({actor.via_text}){why}"
    ev.record(TimelineKind.SNOOZED, line, until=until, reason=reason, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.SNOOZED, decision.incident, decision)


def unsnooze(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> ActionResult:
    """End the snooze: what it kept back is notified now."""
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    snoozed = incident.responses.snooze
    if snoozed is None:
        return refused(incident, f"incident #{incident.number} is not snoozed")
    line = f"by {plan.name_of(actor.id)} ({actor.via_text})"
    entry = TimelineEntry(now, TimelineKind.SNOOZE_ENDED, line, actor_data(actor))
    # The evaluation that is due now notifies, because it knows what silences and inhibits.
    responses = replace(incident.responses, snooze=replace(snoozed, ended_by=actor.id))
    after = replace(incident, due_at=now, responses=responses)
    decision = Decision(after, (), (entry,), (), None, ())
    return ActionResult(ActionOutcome.SNOOZE_ENDED, after, decision)
