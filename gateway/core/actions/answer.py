"""A mail to the person who acts by mail: a question to confirm, or why it was refused. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actor import Actor
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.plan.plan import Plan, Target


def answer(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    target: Target,
    text: str,
) -> ActionResult:
    """Send `text` to one target of the actor, with the incident and its links."""
    ev = Evaluation(incident, members, plan, now, {})
    reason = NotifyReason.ANSWERED
    ev.note = text
    ev.notify([target], TRANSITIONS[ev.draft.state, reason].kind, reason)
    decision = ev.finish()
    # The person is awake: the answer does not wait for the end of quiet hours.
    notices = tuple(replace(one, not_before=None) for one in decision.notices)
    decision = replace(decision, notices=notices)
    return ActionResult(ActionOutcome.ANSWERED, decision.incident, decision)
