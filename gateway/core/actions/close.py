"""A person resolves an incident by hand, or opens it again. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actions.requirements import refusal_unless_open
from gateway.core.actor import Actor
from gateway.core.alerts.alert import MANUAL_SOURCE
from gateway.core.decide.escalation import escalate, move_escalation
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.notify import change_state
from gateway.core.decide.personal import move_rules
from gateway.core.decide.reopen import open_again
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member, NotifiedState
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.responses import Closing, Responses
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import local_minute


def resolve_manually(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    reason: str = "",
) -> ActionResult:
    """Resolve the incident, and notify everyone who was notified of it.

    If its alerts still fire when the route's `reopen_after` is over, it opens again. Alerts that
    people made by hand end with it.
    """
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    ev = Evaluation(incident, members, plan, now, {})
    name, why = plan.name_of(actor.id), f": {reason}" if reason else ""
    ended = [m.alert for m in ev.firing if m.alert.source == MANUAL_SOURCE]
    fires_on = len(ended) < len(ev.firing)
    reopen_at = now + ev.route.reopen_after
    ev.note = f"{name} resolved it{why}"
    if fires_on:
        zone = plan.business_hours.zone
        ev.note += f"; it opens again at {local_minute(reopen_at, zone)} if its alerts still fire"
    cause = NotifyReason.CLOSED
    transition = TRANSITIONS[ev.draft.state, cause]
    targets = list(ev.draft.notified_targets.values())
    _mark_ended(ev)
    ev.notify(targets, transition.kind, cause)
    ev.reasons.append(cause)
    line = f"by {name} ({actor.via_text}){why}"
    ev.record(TimelineKind.RESOLVED, line, reason=reason, **actor_data(actor))
    change_state(ev, transition)
    move_escalation(ev, transition.escalation)
    move_rules(ev, transition.rules)
    draft = ev.draft
    draft.resolved_at = now
    draft.suppressions = ()
    draft.notification_pending = False
    closing = Closing(actor.id, now, reason, reopen_at) if fires_on else None
    draft.responses = replace(draft.responses, closing=closing, snooze=None, offer=None)
    decision = ev.finish()
    decision = replace(
        decision, left=(), ended=tuple(replace(one, ends_at=now, updated_at=now) for one in ended)
    )
    return ActionResult(ActionOutcome.CLOSED, decision.incident, decision)


def reopen(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    successor: int | None = None,
) -> ActionResult:
    """Open an incident again that was resolved by hand, as long as its alerts still fire.

    Refused while its group has another open incident, `successor`: a group has one at most.
    """
    if incident.open:
        return refused(incident, f"incident #{incident.number} is not resolved")
    ev = Evaluation(incident, members, plan, now, {})
    if not ev.firing:
        why = f"no alert of incident #{incident.number} fires any more: page without an alert"
        return refused(incident, f"{why}, and link the two")
    if successor is not None:
        why = f"the alerts of incident #{incident.number} belong to incident #{successor} now"
        return refused(incident, f"{why}: act on that one")
    if incident.responses.closing is None:
        why = f"incident #{incident.number} has ended, its alerts belong to a later incident"
        return refused(incident, why)
    name = plan.name_of(actor.id)
    open_again(ev, f"{name} opened it again ({actor.via_text})", **actor_data(actor))
    escalate(ev)
    decision = ev.finish()
    return ActionResult(ActionOutcome.REOPENED, decision.incident, decision)


def give_to_successor(
    incident: Incident, members: Sequence[Member], successor: int, now: float
) -> Decision:
    """End what is left of an incident that was resolved by hand, because its group has another.

    Its alerts that still fire join the open incident `successor`.
    """
    firing = tuple(m.alert for m in members if m.firing(now))
    responses: Responses = replace(incident.responses, closing=None)
    after = replace(incident, responses=responses, due_at=None)
    text = f"its alerts that still fire belong to incident #{successor}"
    entry = TimelineEntry(now, TimelineKind.LINKED, text, {"incident": successor})
    return Decision(after, (), (entry,) if firing else (), (), None, (), firing)


def _mark_ended(ev: Evaluation) -> None:
    """Mark all alerts as notified of their end: if they fire on, that is news when it reopens."""
    for index, member in enumerate(ev.members):
        starts_at = member.alert.starts_at
        ev.update_member(
            index, Member(member.alert, NotifiedState.RESOLVED, starts_at, member.acked_starts_at)
        )
    ev.sort_members()
