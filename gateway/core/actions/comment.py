"""A person comments on an incident. Pure."""

from collections.abc import Sequence

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actor import Actor
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.result import ActionOutcome, ActionResult, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.responses import Comment
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan

LONGEST_COMMENT = 10_000
"""Characters. Longer texts belong into a document that the comment links to."""


def comment(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    text: str,
) -> ActionResult:
    """Add a comment; also to a resolved incident.

    It is shown at once where messages can be edited, and in the next message elsewhere.
    """
    text = text.strip()
    if not text:
        return refused(incident, "a comment must not be empty", "text")
    if len(text) > LONGEST_COMMENT:
        why = f"a comment has at most {LONGEST_COMMENT} characters, this has {len(text)}"
        return refused(incident, why, "text")
    ev = Evaluation(incident, members, plan, now, {})
    ev.draft.responses = ev.draft.responses.with_comment(Comment(actor.id, now, text, actor.via))
    reason = NotifyReason.COMMENTED
    kind = TRANSITIONS[ev.draft.state, reason].kind
    ev.note = f"{plan.name_of(actor.id)} comments"
    ev.notify(list(ev.draft.notified_targets.values()), kind, reason, quiet=True)
    ev.reasons.append(reason)
    line = f"{plan.name_of(actor.id)} ({actor.via_text}): {text}"
    ev.record(TimelineKind.COMMENTED, line, comment=text, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.COMMENTED, decision.incident, decision)
