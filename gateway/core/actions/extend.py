"""A person lets the acknowledgement of an incident last longer. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actions.requirements import refusal_unless_open
from gateway.core.actor import Actor
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.result import ActionOutcome, ActionResult, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import local_minute


def extend(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    until: float | None = None,
) -> ActionResult:
    """Let the acknowledgement hold until `until`; None: for as long as a new one would.

    Refused if that is not later than its present end. Who holds it does not change.
    """
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    ack = incident.ack
    if ack is None:
        return ActionResult(ActionOutcome.NOT_ACKNOWLEDGED, incident)
    ev = Evaluation(incident, members, plan, now, {})
    expires_at = now + ev.severity.ack_expires if until is None else until
    zone = plan.business_hours.zone
    if expires_at <= ack.expires_at:
        end = local_minute(ack.expires_at, zone)
        return refused(incident, f"the acknowledgement already holds until {end}", "until")
    ev.draft.ack = replace(ack, expires_at=expires_at)
    reason = NotifyReason.EXTENDED
    ev.note = f"{plan.name_of(actor.id)} extended it until {local_minute(expires_at, zone)}"
    targets = list(ev.draft.notified_targets.values())
    ev.notify(targets, TRANSITIONS[ev.draft.state, reason].kind, reason, quiet=True)
    ev.reasons.append(reason)
    text = f"until {local_minute(expires_at, zone)} by {plan.name_of(actor.id)} ({actor.via_text})"
    ev.record(TimelineKind.EXTENDED, text, until=expires_at, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.EXTENDED, decision.incident, decision)
