"""What a ping changes in the state of a heartbeat, by the rules of healthchecks.io."""

from dataclasses import replace

from gateway.core.heartbeats.schedule import NextSlot, first_state, missing_at
from gateway.core.heartbeats.state import (
    MOST_PINGS,
    HeartbeatState,
    PastPing,
    Ping,
    PingKind,
)
from gateway.core.plan.heartbeat import Heartbeat


def with_ping(
    heartbeat: Heartbeat,
    state: HeartbeatState | None,
    ping: Ping,
    next_slot: NextSlot,
    now: float,
) -> HeartbeatState:
    """Return the state after a ping at `now`; `state` is None before the first one.

    A start begins the run that is watched, in place of an earlier one, and does not bring a job
    back that is missing. A success ends the run with the same id, or any run if it has no id; a
    failure ends every run. A log entry changes nothing but the output.
    """
    state = state or first_state(heartbeat, now)
    state = replace(state, undeclared_since=None)
    if ping.kind is PingKind.LOG:
        return _recorded(state, PastPing(now, ping.kind))
    if ping.kind is PingKind.START:
        return _recorded(_started(heartbeat, state, ping, next_slot, now), PastPing(now, ping.kind))
    failed = ping.kind is PingKind.FAIL
    duration = None
    if state.started_at is not None and (failed or ping.run in ("", state.run)):
        duration = max(0.0, now - state.started_at)
        state = replace(state, started_at=None, run="", last_duration=duration)
    state = replace(
        state,
        awaited_since=now,
        schedule=heartbeat.schedule,
        last_ping=now,
        extended_to=None,
        exit_status=ping.exit_status,
        failed_at=(state.failed_at or now) if failed else None,
    )
    return _recorded(state, PastPing(now, ping.kind, ping.exit_status, duration))


def _started(
    heartbeat: Heartbeat, state: HeartbeatState, ping: Ping, next_slot: NextSlot, now: float
) -> HeartbeatState:
    """Return the state with a run that began now."""
    # Only the first start since the last end moves the deadline. Otherwise a job that crashes and
    # starts again each time would never be missing.
    extended_to = state.extended_to
    if extended_to is None and now < missing_at(heartbeat, state, next_slot):
        extended_to = now + (heartbeat.longest_run or 0.0) + heartbeat.grace
    return replace(state, started_at=now, run=ping.run, extended_to=extended_to)


def _recorded(state: HeartbeatState, ping: PastPing) -> HeartbeatState:
    return replace(state, pings=(ping, *state.pings)[:MOST_PINGS])
