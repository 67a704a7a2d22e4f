"""Apply an event of the table: notify the group, change the state, move the escalation."""

from dataclasses import replace

from gateway.core.decide.escalation import move_escalation
from gateway.core.decide.evaluation import Evaluation
from gateway.core.decide.personal import notify_people
from gateway.core.decide.transitions import TRANSITIONS, Transition
from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.intervals import acknowledge_by


def change_state(ev: Evaluation, transition: Transition) -> None:
    """Enter the state that the event leads to. Firing means: no acknowledgement any more."""
    if transition.state is not None:
        ev.draft.state = transition.state
        if ev.draft.responses.offer is not None:
            ev.draft.responses = replace(ev.draft.responses, offer=None)
        if transition.state is State.FIRING:
            ev.draft.ack = None


def restart_acknowledge_by(ev: Evaluation) -> None:
    """Let the time to acknowledge count from now."""
    ev.draft.respond_by = acknowledge_by(ev.timing, ev.now, ev.plan.business_hours)


def _passed_while_suppressed(ev: Evaluation) -> bool:
    """Return whether the time to acknowledge passed and did not count as missed."""
    draft = ev.draft
    return (
        draft.respond_by is not None
        and draft.respond_by <= ev.now
        and draft.missed_at is None
        and draft.ack is None
    )


def notify_group(ev: Evaluation, reason: NotifyReason, *, quiet: bool = False) -> None:
    """Apply an event that notifies the receiver and the escalation steps taken so far."""
    transition, draft = TRANSITIONS[ev.draft.state, reason], ev.draft
    change_state(ev, transition)
    if transition.acknowledge_by or _passed_while_suppressed(ev):
        restart_acknowledge_by(ev)
    recipients = ev.group_recipients()
    ev.notify(recipients.targets, transition.kind, reason, quiet=quiet)
    notify_people(ev, recipients.people, transition, reason, quiet=quiet)
    ev.reasons.append(reason)
    if any(recipients):
        names = ", ".join(sorted(ev.notices))
        ev.record(TimelineKind.NOTIFIED, f"{reason.value}: {len(ev.visible)} firing", to=names)
        draft.suppressions = ()
    else:
        ev.suppress(Suppression(SuppressReason.NO_TARGETS, ev.receiver.name))
    ev.mark_omitted()
    ev.mark_notified()
    draft.notified_at = ev.now
    draft.rank = ev.severity.rank
    draft.severity = ev.severity.name
    draft.notification_pending = False
    move_escalation(ev, transition.escalation)
