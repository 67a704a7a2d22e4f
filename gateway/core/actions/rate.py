"""A person says whether it was useful to be notified of an incident. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actor import Actor
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan

_OUTCOMES = {
    True: ActionOutcome.USEFUL,
    False: ActionOutcome.NOISE,
    None: ActionOutcome.UNRATED,
}


def rate(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    *,
    useful: bool | None,
) -> ActionResult:
    """Store the person's opinion, in place of an earlier one; None takes it back.

    Nobody is notified, and nothing else changes. A resolved incident can be rated, too.
    """
    outcome = _OUTCOMES[useful]
    if incident.responses.rating_of(actor.id) is useful:
        return ActionResult(outcome, incident)
    responses = incident.responses.with_rating(actor.id, useful)
    text = f"{outcome.value} by {plan.name_of(actor.id)} ({actor.via_text})"
    entry = TimelineEntry(now, TimelineKind.RATED, text, {"useful": useful, **actor_data(actor)})
    after = replace(incident, responses=responses)
    decision = Decision(after, (), (entry,), (), None, ())
    return ActionResult(outcome, after, decision)
