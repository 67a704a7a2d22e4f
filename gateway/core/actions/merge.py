"""A person merges an incident into another one that has the same cause, or undoes that. Pure.

A merged incident keeps collecting the alerts of its group, and the incident that it was merged into
notifies of them (`gateway.flow.dispatch.merged` gives it their alerts). It ends with that one.
"""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actions.acknowledge import actor_data
from gateway.core.actions.requirements import refusal_unless_open
from gateway.core.actor import Actor
from gateway.core.decide.escalation import move_escalation
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.notify import change_state
from gateway.core.decide.personal import move_rules
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision, refused
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.responses import Responses
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan


def merge(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    other: Incident,
    other_members: Sequence[Member],
) -> ActionResult:
    """Merge the incident into `other`: one of them notifies from now on, and ends for both.

    Everyone notified of this one is notified that it goes on as the other, and gets the messages of
    the other from now on. Incidents that were merged into this one follow.
    """
    refusal = _refusal(incident, other)
    if refusal is not None:
        return refusal
    ev = Evaluation(incident, members, plan, now, {})
    name = plan.name_of(actor.id)
    ev.note = f"{name} merged it into incident #{other.number}"
    reason = NotifyReason.MERGED
    transition = TRANSITIONS[ev.draft.state, reason]
    targets = list(ev.draft.notified_targets.values())
    ev.notify(targets, transition.kind, reason)
    ev.reasons.append(reason)
    text = f"into incident #{other.number} by {name} ({actor.via_text})"
    ev.record(TimelineKind.MERGED, text, into=other.number, **actor_data(actor))
    change_state(ev, transition)
    move_escalation(ev, transition.escalation)
    move_rules(ev, transition.rules)
    draft = ev.draft
    draft.responses = replace(
        draft.responses, merged_into=other.number, merged=(), snooze=None, offer=None
    )
    draft.suppressions = (Suppression(SuppressReason.MERGED, f"#{other.number}"),)
    draft.notification_pending = True
    decision = ev.finish()
    into = _absorb(other, [*other_members, *members], incident, plan, actor, now)
    return ActionResult(ActionOutcome.MERGED, decision.incident, decision, other=into)


def unmerge(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    actor: Actor,
    now: float,
    other: Incident,
) -> ActionResult:
    """Undo a merge: the incident notifies by itself again. `other` is what it was merged into."""
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    if incident.responses.merged_into != other.number:
        return refused(incident, f"incident #{incident.number} is not merged into another one")
    name = plan.name_of(actor.id)
    text = f"from incident #{other.number} by {name} ({actor.via_text})"
    entry = TimelineEntry(now, TimelineKind.UNMERGED, text, actor_data(actor))
    responses = replace(incident.responses, merged_into=None)
    # The evaluation that is due now notifies, because it knows what silences and inhibits.
    after = replace(incident, responses=responses, due_at=now)
    decision = Decision(after, (), (entry,), (), None, ())
    left = tuple(one for one in other.responses.merged if one != incident.number)
    text = f"incident #{incident.number} by {name} ({actor.via_text})"
    entry = TimelineEntry(now, TimelineKind.UNMERGED, text, actor_data(actor))
    parted = replace(other, responses=replace(other.responses, merged=left), due_at=now)
    return ActionResult(
        ActionOutcome.UNMERGED, after, decision, other=Decision(parted, (), (entry,), (), None, ())
    )


def end_merged(incident: Incident, into: Incident, now: float) -> Decision:
    """End a merged incident together with the one it was merged into; nobody is notified twice."""
    transition = TRANSITIONS[incident.state, NotifyReason.RESOLVED]
    after = replace(
        incident,
        state=transition.state or incident.state,
        due_at=None,
        escalation=None,
        personal=(),
        suppressions=(),
        resolved_at=into.resolved_at,
    )
    text = f"with incident #{into.number}, which it was merged into"
    entry = TimelineEntry(now, TimelineKind.RESOLVED, text, {"incident": into.number})
    return Decision(after, (), (entry,), (), None, ())


def _refusal(incident: Incident, other: Incident) -> ActionResult | None:
    refusal = refusal_unless_open(incident)
    if refusal is not None:
        return refusal
    if other.number == incident.number:
        return refused(incident, "an incident cannot be merged into itself", "into")
    if incident.responses.merged_into is not None:
        into = incident.responses.merged_into
        why = f"incident #{incident.number} is merged into #{into} already: unmerge it first"
        return refused(incident, why)
    if not other.open:
        why = f"incident #{other.number} is resolved: link the two instead"
        return refused(incident, why, "into")
    if other.responses.merged_into is not None:
        into = other.responses.merged_into
        why = f"incident #{other.number} is itself merged into #{into}: merge into that one"
        return refused(incident, why, "into")
    return None


def _absorb(
    other: Incident,
    members: Sequence[Member],
    merged: Incident,
    plan: Plan,
    actor: Actor,
    now: float,
) -> Decision:
    """Decide what changes in the incident that another one is merged into; `members` are of both.

    It takes the worse severity of the two. Nobody is paged for that: a person has just read both.
    """
    ev = Evaluation(other, members, plan, now, {})
    if merged.rank is not None and (other.rank is None or merged.rank < other.rank):
        ev.draft.rank, ev.draft.severity = merged.rank, merged.severity
    reason = NotifyReason.MERGED
    known = other.notified_targets
    new = [target for key, target in merged.notified_targets.items() if key not in known]
    ev.note = f"{plan.name_of(actor.id)} merged incident #{merged.number} into it"
    ev.notify(new, NoticeKind.FIRING, reason)
    ev.notify(list(known.values()), NoticeKind.UPDATE, reason, quiet=True)
    text = f"incident #{merged.number} by {plan.name_of(actor.id)} ({actor.via_text})"
    ev.record(TimelineKind.MERGED, text, incident=merged.number, **actor_data(actor))
    numbers = (*other.responses.merged, merged.number, *merged.responses.merged)
    responses: Responses = replace(other.responses, merged=tuple(dict.fromkeys(numbers)))
    ev.draft.responses = responses
    decision = ev.finish()
    return replace(decision, incident=replace(decision.incident, due_at=now))
