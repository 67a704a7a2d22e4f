"""When an incident must be looked at again: the nearest thing that can happen by itself."""

from typing import TYPE_CHECKING

from gateway.core.plan.intervals import next_tick
from gateway.core.routing.mutes import next_mute_change

if TYPE_CHECKING:
    from gateway.core.decide.context import Turn


def next_due(turn: "Turn") -> float | None:
    """The incident's next `due_at` in unix seconds, or None when it is over."""
    incident = turn.incident
    if not incident.open:
        return None
    if not incident.flushed:
        return incident.tick_at
    interval, after = turn.timing.group_interval, turn.now + 0.002
    tick = next_tick(incident.tick_at, interval, after)
    if turn.waits:
        # What is overdue waits for that tick: to look again before would be to spin.
        steps = [incident.climb.next_at if incident.climb else None]
        steps.append(incident.ack.expires_at if incident.ack else None)
        return min([tick, *(at for at in steps if at is not None and at > after)])
    times: list[float] = []

    ends = [m.alert.ends_at for m in turn.firing if m.alert.ends_at is not None]
    if ends:
        times.append(next_tick(incident.tick_at, interval, min(ends)))
    if not turn.firing:
        times.append(tick)
        calm_at = max((m.alert.ends_at or turn.now for m in turn.members), default=turn.now)
        if turn.flaps:
            times.append(max(calm_at + turn.plan.flapping.calm_after, after))
    if len(turn.visible) < len(turn.firing):  # a silence or an inhibition may end
        untils = [
            turn.suppressed[m.alert.identity].until
            for m in turn.firing
            if m.alert.identity in turn.suppressed
        ]
        times.append(min([tick, *(until for until in untils if until is not None)]))
    if incident.ack is not None:
        times.append(incident.ack.expires_at)
    if turn.muted:
        end = next_mute_change(turn.route, turn.plan.time_intervals, turn.now)
        times.append(end if end is not None else tick)
    elif turn.visible:
        if turn.fresh or turn.ended:
            times.append(tick)
        if incident.ack is None:
            if incident.notified_at is not None:
                times.append(turn.timing.repeat_at(incident.tick_at, incident.notified_at))
            if incident.climb is not None and incident.climb.next_at is not None:
                times.append(incident.climb.next_at)
    return max(min(times), after) if times else None
