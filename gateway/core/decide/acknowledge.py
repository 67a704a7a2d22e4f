"""A person acknowledges an incident, or undoes that. Pure. Take-overs are in `takeover`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.core.decide.context import Decision, Turn
from gateway.core.incidents.incident import Ack, Incident, Member, State
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.intervals import answer_expected, step_wait
from gateway.core.plan.plan import Plan


class ActionOutcome(StrEnum):
    """How an action ended."""

    DONE = "acknowledged"
    ALREADY = "already acknowledged"
    RESOLVED = "already resolved"
    UNDONE = "acknowledgement undone"
    NOT_ACKNOWLEDGED = "not acknowledged"
    TAKEN_OVER = "taken over"
    HELD = "acknowledged by somebody else"
    GIVEN_BACK = "given back"
    NOT_GIVEN_BACK = "not given back"


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The answer for the person, and the decision to save (None when nothing changes)."""

    answer: ActionOutcome
    incident: Incident
    decision: Decision | None = None


def acknowledge(
    incident: Incident, members: Sequence[Member], plan: Plan, by: str, via: str, now: float
) -> ActionResult:
    """Acknowledge the incident as `by` at `now`. The first one wins; others get ALREADY (E20).

    Covers the alerts that fire now and were notified, and severities up to the worst of them
    (E21); alerts not notified yet are covered only if no alert was. Repeats and pending escalation
    steps end in the same decision (E22), and everyone notified so far learns who acknowledged.
    While alerts fire that the acknowledgement does not cover, a second one may cover those too.
    """
    firing = [m for m in members if m.firing(now)]
    if not incident.open or not firing:
        return ActionResult(ActionOutcome.RESOLVED, incident)
    if incident.ack is not None and all(m.acked for m in covered_alerts(firing)):
        return ActionResult(ActionOutcome.ALREADY, incident)
    return ActionResult(ActionOutcome.DONE, *_results(hold(incident, members, plan, by, via, now)))


def covered_alerts(firing: Sequence[Member]) -> Sequence[Member]:
    """Return what an acknowledgement made now would cover of the firing alerts."""
    return [m for m in firing if m.notified_firing] or firing


def hold(
    incident: Incident, members: Sequence[Member], plan: Plan, by: str, via: str, now: float
) -> Decision:
    """Decide that `by` acknowledges the incident, whether or not somebody else has.

    The caller has checked that something fires. Who had acknowledged before is notified too, and
    their acknowledgement is kept in the new one, so that it can be given back.
    """
    firing = [m for m in members if m.firing(now)]
    taken = covered_alerts(firing)
    before = incident.ack if incident.ack is not None and incident.ack.by != by else None
    worst = min((plan.severity_of(m.alert.labels) for m in taken), key=lambda known: known.rank)
    ack = Ack(by, now, via, worst.rank, now + worst.ack_expires, _alone(before))
    covers = {m.alert.identity for m in taken}
    turn = Turn(incident, members, plan, now, {})
    for place, member in enumerate(turn.members):
        if member.alert.identity in covers:
            mark(turn, place, member.alert.starts_at)
    turn.look()
    climb = replace(incident.climb, next_at=None) if incident.climb else None
    turn.set(state=State.ACKNOWLEDGED, ack=ack, climb=climb, held=False, why_not="")
    reason = NotifyReason.TAKEN_OVER if before else NotifyReason.ACKNOWLEDGED
    notify(turn, by, reason, before.by if before else by)
    turn.reasons.append(reason)
    count = f"{len(taken)} alert{'s' if len(taken) != 1 else ''}"
    data = {"by": by, "via": via, "covers": sorted(covers)}
    if before:
        text = f"{plan.name_of(by)} took over from {plan.name_of(before.by)} ({via}): {count}"
        turn.record("taken over", text, taken_from=before.by, **data)
    else:
        turn.record("acknowledged", f"by {plan.name_of(by)} ({via}): {count}", **data)
    decision = turn.finish()
    if incident.due_at is not None and len(taken) < len(firing):
        # What is not told yet, and worse, keeps its own wait.
        due_at = min(incident.due_at, decision.incident.due_at or incident.due_at)
        decision = replace(decision, incident=replace(decision.incident, due_at=due_at))
    return decision


def unacknowledge(
    incident: Incident, members: Sequence[Member], plan: Plan, by: str, via: str, now: float
) -> ActionResult:
    """Undo an acknowledgement: repeats count from now, the escalation goes on after one wait."""
    if not incident.open:
        return ActionResult(ActionOutcome.RESOLVED, incident)
    if incident.ack is None:
        return ActionResult(ActionOutcome.NOT_ACKNOWLEDGED, incident)
    turn = Turn(incident, members, plan, now, {})
    for place, member in enumerate(turn.members):
        if member.acked_starts_at is not None:
            mark(turn, place, None)
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
    turn.tell(list(incident.told.values()), NoticeKind.UNACKNOWLEDGED, NotifyReason.ACK_UNDONE)
    turn.reasons.append(NotifyReason.ACK_UNDONE)
    text = f"by {plan.name_of(by)} ({via}); {plan.name_of(had)} had acknowledged"
    turn.record("acknowledgement undone", text, by=by, via=via)
    return ActionResult(ActionOutcome.UNDONE, *_results(turn.finish()))


def mark(turn: Turn, place: int, acked_starts_at: float | None) -> None:
    """Set which firing of the member at `place` is covered by the acknowledgement."""
    member = replace(turn.members[place], acked_starts_at=acked_starts_at)
    turn.members[place] = member
    turn.changed[member.alert.identity] = member


def notify(turn: Turn, by: str, reason: NotifyReason, other: str) -> None:
    """Notify every target that knows of the incident who has it now, `by`'s own mailbox apart.

    `other` is a second person who must know. If no message had reached them before, they get a
    first one: a lane without one would cancel it, and they are owed the end from then on.
    """
    known = turn.incident.told
    turn.tell(
        [t for t in known.values() if t.channel != "email" or t.person != by],
        NoticeKind.ACKNOWLEDGED,
        reason,
    )
    if other != by and not any(t.person == other for t in known.values()):
        turn.tell(turn.targets_of(other), NoticeKind.FIRING, reason)


def _alone(ack: Ack | None) -> Ack | None:
    return None if ack is None else replace(ack, previous=None)


def _results(decision: Decision) -> tuple[Incident, Decision]:
    return decision.incident, decision
