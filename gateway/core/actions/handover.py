"""The holder of an incident offers it to a person, who accepts or declines. Pure.

To accept is to take the incident over; until then the giver holds it.
"""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actions.requirements import refusal_unless_open, refusal_unless_person
from gateway.core.actor import Actor
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.personal import first_targets, reach, stop_rules_of
from gateway.core.decide.result import ActionOutcome, ActionResult, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.responses import Offer
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan


def offer(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    to: str,
    text: str = "",
) -> ActionResult:
    """Offer the incident to person `to`, who is paged by their own rules; `text` is for them.

    Refused while nobody has acknowledged it. An earlier offer is replaced.
    """
    refusal = refusal_unless_open(incident) or refusal_unless_person(incident, plan, to, "to")
    if refusal is not None:
        return refusal
    if incident.ack is None:
        hint = "acknowledge it first, or page them: then they acknowledge it themselves"
        return refused(incident, f"incident #{incident.number} is not acknowledged: {hint}")
    if to == incident.ack.by:
        return refused(incident, f"{plan.name_of(to)} already holds the incident", "to")
    ev = Evaluation(incident, members, plan, now, {})
    if not first_targets(ev, to):
        return refused(incident, f"{plan.name_of(to)} has no contact that can be notified", "to")
    reason = NotifyReason.OFFERED
    giver = plan.name_of(actor.id)
    ev.note = f"{giver} hands it over to {plan.name_of(to)}{_quoted(text)}"
    ev.draft.responses = replace(ev.draft.responses, offer=Offer(to, actor.id, now))
    reach(ev, to, (), reason, TRANSITIONS[ev.draft.state, reason].kind)
    _show_others(ev, reason)
    ev.reasons.append(reason)
    line = f"by {giver} to {plan.name_of(to)} ({actor.via_text}){_quoted(text)}"
    ev.record(TimelineKind.OFFERED, line, to_person=to, message=text, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.OFFERED, decision.incident, decision)


def end_offer(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> ActionResult:
    """Decline the offer, as the person whom it was made to, or withdraw it as anybody else."""
    open_offer = incident.responses.offer
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    if open_offer is None:
        return refused(incident, f"incident #{incident.number} is not offered to anybody")
    ev = Evaluation(incident, members, plan, now, {})
    ev.draft.responses = replace(ev.draft.responses, offer=None)
    stop_rules_of(ev, open_offer.to)
    name, to = plan.name_of(actor.id), plan.name_of(open_offer.to)
    declined = actor.id == open_offer.to
    holder = plan.name_of(incident.ack.by) if incident.ack else plan.name_of(open_offer.by)
    ev.note = f"{name} declined" if declined else f"{name} does not hand it over to {to} any more"
    ev.note += f": {holder} keeps it"
    reason = NotifyReason.OFFER_ENDED
    kind = TRANSITIONS[ev.draft.state, reason].kind
    involved = {
        open_offer.by,
        open_offer.to,
        incident.ack.by if incident.ack else open_offer.by,
    } - {actor.id}
    known = list(ev.draft.notified_targets.values())
    ev.notify([one for one in known if one.person in involved], kind, reason)
    for person in sorted(involved):
        if not any(one.person == person for one in known):
            ev.notify(first_targets(ev, person), NoticeKind.FIRING, reason)
    ev.notify(known, kind, reason, quiet=True)
    ev.reasons.append(reason)
    text = f"{'declined' if declined else 'withdrawn'} by {name} ({actor.via_text})"
    ev.record(TimelineKind.OFFER_ENDED, text, to_person=open_offer.to, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.OFFER_ENDED, decision.incident, decision)


def _show_others(ev: Evaluation, reason: NotifyReason) -> None:
    """Show it in messages that are edited in place; nobody else is disturbed."""
    ev.notify(list(ev.draft.notified_targets.values()), NoticeKind.UPDATE, reason, quiet=True)


def _quoted(text: str) -> str:
    return f": {text}" if text else ""
