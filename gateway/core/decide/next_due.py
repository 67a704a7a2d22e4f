"""When an incident is evaluated again: the nearest thing that can happen by itself."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gateway.core.decide.contacts_due import contacts_due
from gateway.core.incidents.holder_reminder import reminder_at
from gateway.core.plan.intervals import next_tick
from gateway.core.routing.mutes import next_mute_change

if TYPE_CHECKING:
    from gateway.core.decide.evaluation import Evaluation

SOONEST = 0.002
"""Seconds from now before which nothing is due: twice `EARLY`, so that no evaluation repeats."""


def next_due(ev: "Evaluation") -> float | None:
    """Return the incident's next `due_at` in Unix seconds; None once it is resolved."""
    responses = ev.draft.responses
    if not ev.draft.open:
        return None if responses.closing is None else responses.closing.reopen_at
    if responses.merged_into is not None:
        return None
    if not ev.draft.flushed:
        return ev.incident.tick_at
    after = ev.now + SOONEST
    tick = next_tick(ev.incident.tick_at, ev.timing.group_interval, after)
    if ev.waits_for_tick:
        # What is overdue waits for that tick: to evaluate it before would be to spin.
        return min([tick, *(at for at in _timers(ev) if at > after)])
    times = [*_ends(ev, tick, after), *_notifications(ev, tick), *_response(ev)]
    if ev.muted or len(ev.visible) < len(ev.firing):
        times += _suppressions(ev, tick)
    if ev.draft.ack is not None:
        times += [ev.draft.ack.expires_at, *_reminder(ev)]
    return max(min(times), after) if times else None


def _timers(ev: "Evaluation") -> Iterator[float]:
    """When steps, rules and the time to acknowledge are due, or the acknowledgement expires."""
    yield from _response(ev)
    escalation, ack = ev.draft.escalation, ev.draft.ack
    yield from _personal(ev)
    if escalation is not None and escalation.next_at is not None:
        yield escalation.next_at
    if ack is not None:
        yield ack.expires_at
        yield from _reminder(ev)
    if ev.draft.responses.snooze is not None:
        yield ev.draft.responses.snooze.until


def _reminder(ev: "Evaluation") -> Iterator[float]:
    """When the holder is reminded that the acknowledgement expires."""
    at = reminder_at(ev.draft.ack, ev.draft.responses)
    if at is not None:
        yield at


def _response(ev: "Evaluation") -> Iterator[float]:
    """When the time to acknowledge is over; also while it is suppressed, to remember that then."""
    draft = ev.draft
    at = draft.respond_by if draft.ack is None and draft.missed_at is None else None
    if at is not None and at > ev.now:
        yield at


def _ends(ev: "Evaluation", tick: float, after: float) -> Iterator[float]:
    """When firing alerts end by themselves, and when a group that ended is resolved."""
    ends = [m.alert.ends_at for m in ev.firing if m.alert.ends_at is not None]
    if ends:
        yield next_tick(ev.incident.tick_at, ev.timing.group_interval, min(ends))
    if not ev.firing:
        yield tick
        if ev.flaps:
            last = max((m.alert.ends_at or ev.now for m in ev.members), default=ev.now)
            yield max(last + ev.plan.flapping.calm_after, after)


def _suppressions(ev: "Evaluation", tick: float) -> Iterator[float]:
    """When a silence, an inhibition or a mute may end."""
    if len(ev.visible) < len(ev.firing):
        whys = (ev.suppressed.get(m.alert.identity) for m in ev.firing)
        yield min([tick, *(why.until for why in whys if why and why.until is not None)])
    if ev.draft.responses.snooze is not None:
        yield ev.draft.responses.snooze.until
    elif ev.muted:
        end = next_mute_change(ev.route, ev.plan.time_intervals, ev.now)
        yield tick if end is None else end


def _notifications(ev: "Evaluation", tick: float) -> Iterator[float]:
    """When visible alerts are notified: at the tick, by a repeat, by the escalation."""
    if ev.muted or not ev.visible:
        return
    if ev.fresh or ev.ended:
        yield tick
    draft = ev.draft
    yield from _personal(ev)
    if draft.ack is None:
        if draft.notified_at is not None:
            yield ev.timing.repeat_at(ev.incident.tick_at, draft.notified_at)
        if draft.escalation is not None and draft.escalation.next_at is not None:
            yield draft.escalation.next_at


def _personal(ev: "Evaluation") -> Iterator[float]:
    """When contacts of people are notified, by their rules or when their quiet hours end."""
    for state in ev.draft.personal:
        for due in contacts_due(state, ev.plan, ev.now, urgent=ev.urgent):
            yield due.at
