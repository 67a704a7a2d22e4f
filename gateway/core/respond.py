"""Somebody takes an incident, or gives it back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.core.decide import Decision, Turn
from gateway.core.incident import Ack, Incident, Member, State
from gateway.core.notice import Kind, Reason
from gateway.core.plan import Plan
from gateway.core.timing import answer_expected, step_wait


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

    Covers the alerts that fire now and severities up to the worst of them (E21). Repeats and
    pending escalation steps end here, in the same decision (E22). Everybody who was told hears
    who has it. When alerts came after an acknowledgement, a second one may take those too.
    """
    if not incident.open or not any(m.firing(now) for m in members):
        return Response(Answer.RESOLVED, incident)
    uncovered = [m for m in members if m.firing(now) and m.acked_starts_at != m.alert.starts_at]
    if incident.ack is not None and not uncovered:
        return Response(Answer.ALREADY, incident)
    turn = Turn(incident, members, plan, now, {})
    person = plan.people.get(by)
    ack = Ack(by, now, via, turn.severity.rank, now + turn.severity.ack_expires)
    for place, member in enumerate(turn.members):
        if member.firing(now):
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
    count = len(turn.firing)
    turn.record(
        "acknowledged",
        f"{name} has it ({via}): {count} alert{'s' if count != 1 else ''}",
        by=by,
        via=via,
        covers=[m.alert.identity for m in turn.firing],
    )
    decision = turn.finish()
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
    turn.set(state=State.FIRING, ack=None, notified_at=now, respond_by=expected)
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
