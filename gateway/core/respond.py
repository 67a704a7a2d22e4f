"""Somebody takes an incident, or gives it back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.core.incident import Ack, Incident, Member, State
from gateway.core.notice import Kind, Reason
from gateway.core.plan import Plan
from gateway.core.timing import answer_expected, step_wait
from gateway.core.turn import Decision, Turn


class Answer(StrEnum):
    """How an acknowledgement ended."""

    DONE = "acknowledged"
    ALREADY = "already acknowledged"
    RESOLVED = "already resolved"
    UNDONE = "acknowledgement undone"
    NOT_ACKNOWLEDGED = "not acknowledged"


@dataclass(frozen=True, slots=True)
class Response:
    """The answer for the person, and the decision to save (None when nothing changes)."""

    answer: Answer
    incident: Incident
    decision: Decision | None = None


def acknowledge(
    incident: Incident, members: Sequence[Member], plan: Plan, by: str, via: str, now: float
) -> Response:
    """`by` takes the incident at `now`. The first one wins; the second learns who has it (E20).

    Covers the alerts that fire now and were told, and severities up to the worst of them (E21):
    nobody takes what nobody heard of yet, unless nothing was told at all. Repeats and pending
    escalation steps end here, in the same decision (E22). Everybody who was told hears who has
    it. When alerts came after an acknowledgement, a second one may take those too.
    """
    firing = [m for m in members if m.firing(now)]
    if not incident.open or not firing:
        return Response(Answer.RESOLVED, incident)
    taken = [m for m in firing if m.told_firing] or firing
    if incident.ack is not None and all(m.acked for m in taken):
        return Response(Answer.ALREADY, incident)
    turn = Turn(incident, members, plan, now, {})
    person = plan.people.get(by)
    worst = min((plan.severity_of(m.alert.labels) for m in taken), key=lambda known: known.rank)
    ack = Ack(by, now, via, worst.rank, now + worst.ack_expires)
    covers = {m.alert.identity for m in taken}
    for place, member in enumerate(turn.members):
        if member.alert.identity in covers:
            covered = replace(member, acked_starts_at=member.alert.starts_at)
            turn.members[place] = covered
            turn.changed[member.alert.identity] = covered
    turn.look()
    climb = replace(incident.climb, next_at=None) if incident.climb else None
    turn.set(state=State.ACKNOWLEDGED, ack=ack, climb=climb, held=False, why_not="")
    turn.tell(
        [t for t in incident.told.values() if t.channel != "email" or t.person != by],
        Kind.ACKNOWLEDGED,
        Reason.ACKNOWLEDGED,
    )
    turn.reasons.append(Reason.ACKNOWLEDGED)
    name = person.name if person else by
    count = len(taken)
    turn.record(
        "acknowledged",
        f"{name} has it ({via}): {count} alert{'s' if count != 1 else ''}",
        by=by,
        via=via,
        covers=sorted(covers),
    )
    decision = turn.finish()
    if incident.due_at is not None and len(taken) < len(firing):
        # What is not told yet, and worse, keeps its own wait.
        due_at = min(incident.due_at, decision.incident.due_at or incident.due_at)
        decision = replace(decision, incident=replace(decision.incident, due_at=due_at))
    return Response(Answer.DONE, decision.incident, decision)


def unacknowledge(
    incident: Incident, members: Sequence[Member], plan: Plan, by: str, via: str, now: float
) -> Response:
    """Undo an acknowledgement: repeats count from now, the escalation goes on after one wait."""
    if not incident.open:
        return Response(Answer.RESOLVED, incident)
    if incident.ack is None:
        return Response(Answer.NOT_ACKNOWLEDGED, incident)
    turn = Turn(incident, members, plan, now, {})
    for place, member in enumerate(turn.members):
        if member.acked_starts_at is not None:
            bare = replace(member, acked_starts_at=None)
            turn.members[place] = bare
            turn.changed[member.alert.identity] = bare
    turn.look()
    had = incident.ack.by
    expected = answer_expected(turn.severity, now, plan.business_hours)
    told_at = None if incident.notified_at is None else now  # untold, it is still to be told
    turn.set(state=State.FIRING, ack=None, notified_at=told_at, respond_by=expected)
    escalation = plan.escalations.get(incident.climb.name) if incident.climb else None
    if incident.climb and escalation and incident.climb.step < len(escalation.steps):
        last = escalation.steps[max(0, incident.climb.step - 1)]
        wait = step_wait(last.wait, turn.severity, now, plan)
        turn.set(climb=replace(incident.climb, next_at=now + wait))
    turn.tell(list(incident.told.values()), Kind.UNACKNOWLEDGED, Reason.ACK_UNDONE)
    turn.reasons.append(Reason.ACK_UNDONE)
    turn.record("acknowledgement undone", f"by {by} ({via}); {had} had it", by=by, via=via)
    decision = turn.finish()
    return Response(Answer.UNDONE, decision.incident, decision)
