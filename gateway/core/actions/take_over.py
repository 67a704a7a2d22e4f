"""A person takes an acknowledged incident over from somebody else, or gives it back. Pure."""

from collections.abc import Sequence

from gateway.core.actions.acknowledge import (
    accepts_offer,
    acknowledge,
    acknowledge_as,
    actor_data,
    hold_acknowledgement,
    mark_acknowledged,
    notify_of_holder,
)
from gateway.core.actor import Actor
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.incidents.incident import Ack, Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan

JUST_ACKNOWLEDGED = 60.0
"""Seconds for which an acknowledgement is safe from a take-over that names no holder.

Of two people who take over at once only the first succeeds. Longer: an unnamed take-over is
refused more often. Shorter: the second one wins over a person whose message has not arrived yet.
"""

GIVE_BACK_WITHIN = 600.0
"""Seconds after a take-over in which it can be undone without asking the former holder.

Longer: an incident goes back to somebody who may be asleep by then. Shorter: there is less time
to notice a wrong tap.
"""


def take(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    holder: str | None = None,
) -> ActionResult:
    """Take the incident over as `actor`; without an acknowledgement, acknowledge it.

    `holder` is the person whom `actor` saw as the holder. If another one holds it by now, nothing
    changes and the answer is HELD (E20). With None, an acknowledgement younger than
    JUST_ACKNOWLEDGED is left alone in the same way. Again by the same person: ALREADY.
    """
    firing = [m for m in members if m.firing(now)]
    if not incident.open or not firing:
        return ActionResult(ActionOutcome.RESOLVED, incident)
    ack = incident.ack
    if ack is None or ack.by == actor.id:
        return acknowledge(incident, members, plan, actor, now)
    fresh = now < ack.at + JUST_ACKNOWLEDGED
    held = fresh if holder is None else holder != ack.by
    if held and not accepts_offer(incident, actor):
        return ActionResult(ActionOutcome.HELD, incident)
    decision = acknowledge_as(incident, members, plan, actor, now)
    return ActionResult(ActionOutcome.TAKEN_OVER, decision.incident, decision)


def to_give_back(ack: Ack | None, now: float) -> Ack | None:
    """Return the acknowledgement that undoing a take-over restores, or None when it cannot."""
    if ack is None or ack.previous is None or now >= ack.at + GIVE_BACK_WITHIN:
        return None
    return ack.previous if now < ack.previous.expires_at else None


def give_back(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> ActionResult:
    """Undo a take-over: the former acknowledgement holds again, until its own expiry.

    Only within GIVE_BACK_WITHIN seconds; later the answer is NOT_GIVEN_BACK. Alerts that began
    after the former acknowledgement are not covered by it.
    """
    if not incident.open or not any(m.firing(now) for m in members):
        return ActionResult(ActionOutcome.RESOLVED, incident)
    if incident.ack is None:
        return ActionResult(ActionOutcome.NOT_ACKNOWLEDGED, incident)
    former = to_give_back(incident.ack, now)
    if former is None:
        return ActionResult(ActionOutcome.NOT_GIVEN_BACK, incident)
    ev = Evaluation(incident, members, plan, now, {})
    for index, member in enumerate(ev.members):
        if member.acked and member.alert.starts_at > former.at:
            mark_acknowledged(ev, index, None)
    ev.classify()
    reason = NotifyReason.GIVEN_BACK
    hold_acknowledgement(ev, former, reason)
    name, former_name = plan.name_of(actor.id), plan.name_of(former.by)
    ev.note = f"{name} gave it back"
    notify_of_holder(ev, actor.id, reason, former.by)
    ev.reasons.append(reason)
    text = f"by {name} to {former_name} ({actor.via_text})"
    ev.record(TimelineKind.GIVEN_BACK, text, **actor_data(actor), to_person=former.by)
    decision = ev.finish()
    return ActionResult(ActionOutcome.GIVEN_BACK, decision.incident, decision)
