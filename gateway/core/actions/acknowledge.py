"""A person acknowledges an incident, or undoes that. Pure. Take-overs are in `take_over`."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.actor import Actor
from gateway.core.decide.escalation import move_escalation
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.missed import mark_missed
from gateway.core.decide.notify import change_state, restart_acknowledge_by
from gateway.core.decide.personal import first_targets, move_rules, stop_rules_of
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Ack, Incident, Member
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.plan import Plan


def acknowledge(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> ActionResult:
    """Acknowledge the incident as `actor` at `now`. The first one wins; others get ALREADY (E20).

    Covers the alerts that fire now and were notified, and severities up to the worst of them
    (E21); alerts not notified yet are covered only if no alert was. Repeats and pending escalation
    steps end in the same decision (E22), and everyone notified so far is notified who acknowledged.
    While alerts fire that the acknowledgement does not cover, a second one may cover those too.
    """
    firing = [m for m in members if m.firing(now)]
    if not incident.open or not firing:
        return ActionResult(ActionOutcome.RESOLVED, incident)
    if accepts_offer(incident, actor):
        decision = acknowledge_as(incident, members, plan, actor, now)
        return ActionResult(ActionOutcome.TAKEN_OVER, decision.incident, decision)
    if incident.ack is not None and all(m.acked for m in covered_alerts(firing)):
        return respond_too(incident, members, plan, actor, now)
    decision = acknowledge_as(incident, members, plan, actor, now)
    return ActionResult(ActionOutcome.DONE, decision.incident, decision)


def accepts_offer(incident: Incident, actor: Actor) -> bool:
    """Return whether the incident is handed over to the actor, who accepts by acknowledging it."""
    offer = incident.responses.offer
    return offer is not None and incident.ack is not None and offer.to == actor.id


def respond_too(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> ActionResult:
    """Stop the notification rules of a person who was paged beside the holder, and has come."""
    ev = Evaluation(incident, members, plan, now, {})
    if not stop_rules_of(ev, actor.id):
        return ActionResult(ActionOutcome.ALREADY, incident)
    text = f"{plan.name_of(actor.id)} ({actor.via_text})"
    ev.record(TimelineKind.RESPONDS, text, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.RESPONDS, decision.incident, decision)


def covered_alerts(firing: Sequence[Member]) -> Sequence[Member]:
    """Return what an acknowledgement made now would cover of the firing alerts."""
    return [m for m in firing if m.notified_firing] or firing


def acknowledge_as(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> Decision:
    """Decide that `actor` acknowledges the incident, whether or not somebody else has.

    The caller has checked that something fires. The person who had acknowledged before is
    notified too; their acknowledgement is kept in the new one, so that it can be given back.
    """
    by = actor.id
    firing = [m for m in members if m.firing(now)]
    covered = covered_alerts(firing)
    before = incident.ack if incident.ack is not None and incident.ack.by != by else None
    worst = min((plan.severity_of(m.alert.labels) for m in covered), key=lambda s: s.rank)
    ack = Ack(
        by=by,
        at=now,
        via=actor.via,
        rank=worst.rank,
        expires_at=now + worst.ack_expires,
        previous=_without_previous(before),
        verified=actor.verified,
    )
    covers = {m.alert.identity for m in covered}
    ev = Evaluation(incident, members, plan, now, {})
    for index, member in enumerate(ev.members):
        if member.alert.identity in covers:
            mark_acknowledged(ev, index, member.alert.starts_at)
    ev.classify()
    if not incident.suppressed:
        mark_missed(ev)  # its own evaluation may be late
    reason = NotifyReason.TAKEN_OVER if before else NotifyReason.ACKNOWLEDGED
    hold_acknowledgement(ev, ack, reason)
    ev.draft.notification_pending = False
    ev.draft.suppressions = ()
    notify_of_holder(ev, by, reason, before.by if before else by)
    ev.reasons.append(reason)
    count = f"{len(covered)} alert{'s' if len(covered) != 1 else ''}"
    data = {**actor_data(actor), "covers": sorted(covers)}
    if before:
        names = f"{plan.name_of(by)} took over from {plan.name_of(before.by)}"
        text = f"{names} ({actor.via_text}): {count}"
        ev.record(TimelineKind.TAKEN_OVER, text, taken_from=before.by, **data)
    else:
        text = f"by {plan.name_of(by)} ({actor.via_text}): {count}"
        ev.record(TimelineKind.ACKNOWLEDGED, text, **data)
    decision = ev.finish()
    if incident.due_at is not None and len(covered) < len(firing):
        # Alerts that are not notified yet, and worse, keep their own wait.
        due_at = min(incident.due_at, decision.incident.due_at or incident.due_at)
        decision = replace(decision, incident=replace(decision.incident, due_at=due_at))
    return decision


def hold_acknowledgement(ev: Evaluation, ack: Ack, reason: NotifyReason) -> None:
    """Enter the acknowledged state with `ack`: repeats and escalation pause."""
    transition = TRANSITIONS[ev.draft.state, reason]
    change_state(ev, transition)
    ev.draft.ack = ack
    move_escalation(ev, transition.escalation)
    move_rules(ev, transition.rules)


def unacknowledge(
    incident: Incident, members: Sequence[Member], plan: Plan, actor: Actor, now: float
) -> ActionResult:
    """Undo an acknowledgement: repeats count from now, the escalation resumes after one wait."""
    if not incident.open:
        return ActionResult(ActionOutcome.RESOLVED, incident)
    if incident.ack is None:
        return ActionResult(ActionOutcome.NOT_ACKNOWLEDGED, incident)
    ev = Evaluation(incident, members, plan, now, {})
    for index, member in enumerate(ev.members):
        if member.acked_starts_at is not None:
            mark_acknowledged(ev, index, None)
    ev.classify()
    reason = NotifyReason.ACK_UNDONE
    transition = TRANSITIONS[ev.draft.state, reason]
    change_state(ev, transition)
    restart_acknowledge_by(ev)
    if incident.notified_at is not None:  # otherwise the first notification is still to come
        ev.draft.notified_at = now
    move_escalation(ev, transition.escalation)
    ev.notify(list(incident.notified_targets.values()), transition.kind, reason)
    move_rules(ev, transition.rules)
    ev.reasons.append(reason)
    by = plan.name_of(actor.id)
    text = f"by {by} ({actor.via_text}); {plan.name_of(incident.ack.by)} had acknowledged"
    ev.record(TimelineKind.ACK_UNDONE, text, **actor_data(actor))
    decision = ev.finish()
    return ActionResult(ActionOutcome.UNDONE, decision.incident, decision)


def mark_acknowledged(ev: Evaluation, index: int, acked_starts_at: float | None) -> None:
    """Set which firing of the member at `index` an acknowledgement covers; None for none."""
    ev.update_member(index, replace(ev.members[index], acked_starts_at=acked_starts_at))


def notify_of_holder(ev: Evaluation, by: str, reason: NotifyReason, other: str) -> None:
    """Notify everyone notified so far who has acknowledged, except `by`'s own mailbox.

    `other` is a second person who must know. If no message had reached them before, they get a
    first one: a queue without one would cancel it. From then on their resolve is pending.
    """
    known = ev.draft.notified_targets
    ev.notify(
        [
            target
            for target in known.values()
            if target.person != by or not spec_of(target.channel).can(Capability.SKIPS_ACTOR)
        ],
        TRANSITIONS[ev.incident.state, reason].kind,
        reason,
    )
    if other != by and not any(t.person == other for t in known.values()):
        ev.notify(first_targets(ev, other), NoticeKind.FIRING, reason)


def actor_data(actor: Actor) -> dict[str, object]:
    """Return the data of a timeline entry that name the actor."""
    return {"by": actor.id, "via": actor.via, "actor": actor.to_json()}


def _without_previous(ack: Ack | None) -> Ack | None:
    return None if ack is None else replace(ack, previous=None)
