"""Decide whether an incident notifies now, and why or why not: one pure function.

When `decide` is called does not matter, only what `now` is: late after a crash it decides what is
due by now.

Rules from Alertmanager (configuration.md, and the sources of its dispatch and notify packages):
the first flush comes group_wait after the group was opened; later news wait for the next tick of
group_interval; an unchanged group is repeated after repeat_interval. Three things differ on
purpose. A repeat comes when it is due, not at the tick after, unless routes.yaml asks for that.
Worse severity waits for its own group_wait only. Everyone who was notified of the firing is
notified of the end, whether or not mutes and silences apply by then.
"""

from collections.abc import Mapping, Sequence

from gateway.core.decide.escalation import escalate, move_escalation
from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.flush import flush
from gateway.core.decide.missed import announce_missed, mark_missed
from gateway.core.decide.notify import change_state, notify_group, restart_acknowledge_by
from gateway.core.decide.personal import notify_due, notify_people, pause_while_acknowledged
from gateway.core.decide.remind_holder import remind_holder
from gateway.core.decide.reopen import reopen_if_firing
from gateway.core.decide.result import Decision
from gateway.core.decide.snoozed import end_snooze
from gateway.core.decide.transitions import TRANSITIONS
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.suppression import Suppression
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.plan.round_robin import NO_TURNS, Turns

NONE_SUPPRESSED: Mapping[str, Suppression] = {}


def decide(
    incident: Incident,
    members: Sequence[Member],
    plan: Plan,
    now: float,
    suppressed: Mapping[str, Suppression] = NONE_SUPPRESSED,
    turns: Turns = NO_TURNS,
) -> Decision:
    """Evaluate an incident at `now` (Unix seconds) and return what follows.

    `suppressed` maps the identity of an alert to what silences or inhibits it; it must come from
    the same snapshot as `members` (E9). `turns` are those of round robin taken so far.
    """
    ev = Evaluation(incident, members, plan, now, suppressed, turns)
    if not incident.open:
        reopen_if_firing(ev)
        escalate(ev)
        return ev.finish()
    if incident.responses.merged_into is not None:
        return ev.finish()  # the incident that it was merged into notifies
    end_snooze(ev)
    remind_holder(ev)
    expire_acknowledgement(ev)
    mark_missed(ev)
    flush(ev)
    repeat(ev)
    escalate(ev)
    notify_due(ev)
    announce_missed(ev)
    pause_while_acknowledged(ev)
    return ev.finish()


def expire_acknowledgement(ev: Evaluation) -> None:
    """End an acknowledgement whose time is over, and notify its owner first (E23)."""
    ack, draft = ev.draft.ack, ev.draft
    if ack is None or ev.now < ack.expires_at - EARLY:
        return
    reason = NotifyReason.ACK_EXPIRED
    transition = TRANSITIONS[draft.state, reason]
    change_state(ev, transition)
    if not ev.firing:
        return
    ev.record(TimelineKind.ACK_EXPIRED, f"{ev.plan.name_of(ack.by)} had acknowledged", by=ack.by)
    recipients = ev.group_recipients()
    move_escalation(ev, transition.escalation)
    if not ev.visible or ev.muted:
        draft.notification_pending = True
        return
    ev.notify(recipients.targets, transition.kind, reason)
    notify_people(ev, {ack.by: (), **recipients.people}, transition, reason)
    ev.reasons.append(reason)
    draft.notified_at = ev.now
    restart_acknowledge_by(ev)


def repeat(ev: Evaluation) -> None:
    """Notify an unchanged, unacknowledged group again after its repeat_interval."""
    draft = ev.draft
    if draft.ack or draft.notified_at is None or not draft.open or ev.notices:
        return
    if ev.waits_for_tick:
        return
    if ev.now < ev.timing.repeat_at(ev.incident.tick_at, draft.notified_at) - EARLY:
        return
    if ev.visible and not ev.muted:
        notify_group(ev, NotifyReason.REPEAT)
    elif ev.firing and not draft.notification_pending:
        draft.notification_pending = True
