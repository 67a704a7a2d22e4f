"""A missed response: the time to acknowledge is over, and nobody has acknowledged."""

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.personal import after_quiet_hours
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.channels import Capability, spec_of


def mark_missed(ev: Evaluation) -> None:
    """Mark the response as missed if the stored acknowledge-by time has passed; once an incident.

    It is judged by that time, however late the evaluation comes: an incident that resolved before
    it is not missed, one that resolved after it is. While all alerts are suppressed or the route
    is muted, nothing is missed; the time counts again from the notification that follows.
    """
    draft = ev.draft
    at = draft.respond_by
    if at is None or ev.now < at - EARLY or draft.missed_at is not None:
        return
    if draft.ack is not None or not draft.open or draft.notification_pending:
        return
    if not ev.firing:
        if max((m.alert.ends_at or at for m in ev.members), default=at) <= at:
            return
    elif ev.muted or not ev.visible:
        draft.notification_pending = True
        return
    if not any(
        spec_of(target.channel).can(Capability.READ_BY_PEOPLE)
        for target in draft.notified_targets.values()
    ):
        return  # nobody was asked to acknowledge
    draft.missed_at = at
    ev.record(TimelineKind.MISSED, "nobody acknowledged in time", respond_by=at)
    ev.reasons.append(NotifyReason.MISSED)


def announce_missed(ev: Evaluation) -> None:
    """Notify everyone notified so far of a response that this evaluation marked as missed.

    A target that gets another notice from this evaluation gets only that one.
    """
    draft = ev.draft
    if draft.missed_at is None or ev.incident.missed_at is not None:
        return
    if not draft.open or not ev.firing:  # its end is notified instead, now or at the next tick
        return
    reason = NotifyReason.MISSED
    transition = TRANSITIONS[draft.state, reason]
    targets = after_quiet_hours(ev, ev.incident.notified_targets.values())
    ev.notify(targets, transition.kind, reason)
