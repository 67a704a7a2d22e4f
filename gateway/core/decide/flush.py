"""The flush of a group: what is new in the group is notified, or it is recorded why not."""

from dataclasses import replace

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.decide.flapping import (
    add_flapping_note,
    count_beginnings,
    notify_flapping,
    notify_some_resolved,
)
from gateway.core.decide.notify import notify_group
from gateway.core.decide.resolve import (
    only_suppressed_alerts_fire,
    resolve,
    resolve_unless_flapping,
)
from gateway.core.incidents.incident import NotifiedState
from gateway.core.incidents.notice import NotifyReason
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.intervals import next_tick
from gateway.core.plan.plan import Repeats

MOST_SUPPRESSIONS = 3
"""Suppressions that are stored and shown of an incident whose alerts have many."""


def flush(ev: Evaluation) -> None:
    """Notify what is new in the group, if its tick has come."""
    if ev.now < ev.incident.tick_at - EARLY:
        return
    ev.waits_for_tick = _is_between_ticks(ev)
    ev.draft.flushed = True
    _mark_silenced(ev)
    if ev.waits_for_tick and not got_worse(ev):
        return
    count_beginnings(ev)
    if not ev.firing:
        resolve_unless_flapping(ev)
    elif only_suppressed_alerts_fire(ev):
        ev.note = f"suppressed alerts of its group that still fire: {len(ev.firing)}"
        resolve(ev)
    elif ev.muted:
        if ev.fresh:
            ev.draft.notification_pending = True
            ev.suppress(ev.muted)
    elif ev.visible:
        if ev.incident.suppressed:
            ev.draft.suppressions = ()  # it is over: lists must not show it as suppressed
        _notify_news(ev)
    else:
        whys = [ev.suppressed[m.alert.identity] for m in ev.firing]
        ev.suppress(*list(dict.fromkeys(whys))[:MOST_SUPPRESSIONS])


def got_worse(ev: Evaluation) -> bool:
    """Return whether a fresh alert is worse than what was notified or acknowledged."""
    known = ev.draft.ack.rank if ev.draft.ack else ev.draft.rank
    ranks = [ev.plan.severity_of(m.alert.labels).rank for m in ev.fresh]
    return known is not None and min(ranks, default=known) < known


def _is_between_ticks(ev: Evaluation) -> bool:
    """Return whether repeats come at ticks only and this evaluation was not planned for one.

    As in Alertmanager everything but worse severity waits for the tick then. An evaluation that
    comes late stands for the ticks since it was due.
    """
    incident = ev.incident
    if ev.plan.repeats is not Repeats.ON_TICKS or not incident.flushed:
        return False
    due = ev.now if incident.due_at is None else min(incident.due_at, ev.now)
    tick = next_tick(incident.tick_at, ev.timing.group_interval, due - EARLY)
    return tick > ev.now + EARLY


def _mark_silenced(ev: Evaluation) -> None:
    """Mark notified alerts that a silence covers now: the silence's end is notified (E30)."""
    for index, member in enumerate(ev.members):
        why = ev.suppressed.get(member.alert.identity)
        if (
            why is not None
            and why.reason is SuppressReason.SILENCED
            and member.notified is NotifiedState.FIRING
            and member.notified_firing
            and member.firing(ev.now)
        ):
            ev.update_member(index, replace(member, notified=NotifiedState.SILENCED))


def _notify_news(ev: Evaluation) -> None:
    """Notify fresh and ended alerts, each under its own reason."""
    draft, fresh = ev.draft, ev.fresh
    if got_worse(ev):
        _notify_worse(ev)
    elif draft.notified_at is None and draft.ack and all(m.acked for m in fresh):
        # Acknowledged before the first notification: a page now would wake somebody for nothing.
        ev.suppress(Suppression(SuppressReason.ACKNOWLEDGED, ev.plan.name_of(draft.ack.by)))
    elif draft.notified_at is None:
        add_flapping_note(ev)
        notify_group(ev, NotifyReason.FIRST)
    elif ev.flaps and (fresh or ev.ended) and not ev.never_notified:
        notify_flapping(ev)
    elif draft.notification_pending and draft.ack is None and _ended_by_person(ev) is not None:
        notify_group(ev, _why_shown_again(ev))
    elif fresh:
        notify_group(ev, NotifyReason.NEW_ALERTS)
    elif (draft.notification_pending or ev.reappeared) and draft.ack is None:
        notify_group(ev, _why_shown_again(ev))
    elif ev.ended:
        notify_some_resolved(ev)
    elif ev.reappeared:
        ev.mark_notified()


def _why_shown_again(ev: Evaluation) -> NotifyReason:
    """Return what has ended that kept a notified incident from notifying."""
    if any(m.notified is NotifiedState.SILENCED for m in ev.reappeared):
        return NotifyReason.SILENCE_ENDED
    return _ended_by_person(ev) or NotifyReason.MUTE_ENDED


def _ended_by_person(ev: Evaluation) -> NotifyReason | None:
    """Return what has ended that a person had done to keep it from notifying; None for nothing.

    The whole time to acknowledge begins anew then, also if alerts have joined meanwhile.
    """
    if ev.incident.responses.snooze is not None:
        return NotifyReason.SNOOZE_ENDED
    if ev.incident.suppressed_by(SuppressReason.MERGED):
        return NotifyReason.UNMERGED
    return None


def _notify_worse(ev: Evaluation) -> None:
    """Notify that it got worse, acknowledged or not (E21)."""
    ev.previous_severity = ev.draft.severity or None
    ack = ev.draft.ack
    if ack:
        ev.note = f"got worse than what {ev.plan.name_of(ack.by)} acknowledged"
        ev.record(TimelineKind.REOPENED, ev.note, by=ack.by)
    notify_group(ev, NotifyReason.WORSE)
