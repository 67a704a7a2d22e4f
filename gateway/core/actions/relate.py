"""A person links two incidents that have to do with each other, or undoes that. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actor import Actor
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision, refused
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan


def link(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    other: Incident,
) -> ActionResult:
    """Link the two incidents, in any state; each shows the other."""
    if other.number == incident.number:
        return refused(incident, "an incident cannot be linked to itself", "other")
    if other.number in incident.responses.related:
        return ActionResult(ActionOutcome.LINKED, incident)
    return _both(incident, other, plan, actor, now, linked=True)


def unlink(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    other: Incident,
) -> ActionResult:
    """Undo a link."""
    if other.number not in incident.responses.related:
        why = f"incidents #{incident.number} and #{other.number} are not linked"
        return refused(incident, why, "other")
    return _both(incident, other, plan, actor, now, linked=False)


def _both(
    incident: Incident, other: Incident, plan: Plan, actor: Actor, now: float, *, linked: bool
) -> ActionResult:
    decision = _one(incident, other.number, plan, actor, now, linked=linked)
    counterpart = _one(other, incident.number, plan, actor, now, linked=linked)
    outcome = ActionOutcome.LINKED if linked else ActionOutcome.UNLINKED
    return ActionResult(outcome, decision.incident, decision, other=counterpart)


def _one(
    incident: Incident, other: int, plan: Plan, actor: Actor, now: float, *, linked: bool
) -> Decision:
    others = tuple(one for one in incident.responses.related if one != other)
    related = (*others, other) if linked else others
    kind = TimelineKind.LINKED if linked else TimelineKind.UNLINKED
    text = f"with incident #{other} by {plan.name_of(actor.id)} ({actor.via_text})"
    entry = TimelineEntry(now, kind, text, {"incident": other, **actor_data(actor)})
    after = replace(incident, responses=replace(incident.responses, related=related))
    return Decision(after, (), (entry,), (), None, ())
