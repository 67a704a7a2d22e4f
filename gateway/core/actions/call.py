"""A person calls others to an incident: the next escalation step, or whom they name. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actions.requirements import refusal_unless_open
from gateway.core.actor import Actor
from gateway.core.decide.escalation import start_escalation, take_next_step
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.personal import reach
from gateway.core.decide.result import ActionOutcome, ActionResult, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan, Step
from gateway.core.plan.recipients import step_targets
from gateway.core.plan.round_robin import NO_TURNS, Turns


def escalate_now(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    text: str = "",
    turns: Turns = NO_TURNS,
) -> ActionResult:
    """Take the next step of the escalation now; after the last one it begins again.

    Steps that do not apply or reach nobody are left out, as always. An acknowledgement stays, and
    keeps the steps after this one from being taken by themselves.
    """
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    if incident.notified_at is None:
        why = f"incident #{incident.number} is not notified yet: its first notification comes soon"
        return refused(incident, why)
    ev = Evaluation(incident, members, plan, now, {}, turns)
    if ev.receiver.escalate not in plan.escalations:
        why = f"receiver {ev.receiver.name} has no escalation: page a person or a rota instead"
        return refused(incident, why)
    name = plan.name_of(actor.id)
    ev.note = f"{name} escalated it{f': {text}' if text else ''}"
    line = f"by {name} ({actor.via_text}){f': {text}' if text else ''}"
    ev.record(TimelineKind.ESCALATED, line, message=text, **actor_data(actor))
    if ev.draft.escalation is None:
        start_escalation(ev, now)
    if not take_next_step(ev):
        return refused(incident, "no step of its escalation reaches anybody now: page somebody")
    if ev.draft.ack is not None and ev.draft.escalation is not None:
        ev.draft.escalation = replace(ev.draft.escalation, next_at=None)
    decision = ev.finish()
    return ActionResult(ActionOutcome.ESCALATED, decision.incident, decision)


def page(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    references: Sequence[str],
    text: str = "",
) -> ActionResult:
    """Notify people, rotas or receivers of this incident now; `text` is for them.

    `references` are checked ones of `notify:`, such as person:ben or rota:platform. Refused if
    none of them reaches anybody. An acknowledgement stays.
    """
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    ev = Evaluation(incident, members, plan, now, {})
    step = Step(tuple(references))
    resolved = step_targets(plan, step, now, ev.common_labels(), urgent=ev.urgent)
    if not resolved.targets:
        return refused(incident, "; ".join(resolved.missing) or "nobody is named", "notify")
    reason = NotifyReason.PAGED
    kind = TRANSITIONS[ev.draft.state, reason].kind
    name = plan.name_of(actor.id)
    ev.note = f"{name} pages you{f': {text}' if text else ''}"
    ev.notify(resolved.direct, kind, reason)
    for person in resolved.people:
        reach(ev, person, (), reason, kind)
    for sentence in resolved.missing:
        ev.record(TimelineKind.STEP_EMPTY, sentence)
    ev.reasons.append(reason)
    who = ", ".join([*map(plan.name_of, resolved.people), *_receivers(references)])
    line = f"{who} by {name} ({actor.via_text}){f': {text}' if text else ''}"
    data = {"notify": list(references), "people": list(resolved.people), "message": text}
    ev.record(TimelineKind.PAGED, line, **data, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.PAGED, decision.incident, decision)


def _receivers(references: Sequence[str]) -> list[str]:
    return [one for one in references if one.startswith("receiver:")]
