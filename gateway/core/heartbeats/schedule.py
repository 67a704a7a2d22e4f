"""Schedule of a heartbeat: when its job is due, until when it may be late, and what outages do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.core.heartbeats.state import HeartbeatState
from gateway.core.plan.heartbeat import Heartbeat, HeartbeatProblem

EARLY = 30.0
"""Seconds by which a ping may precede its slot and still counts for it: clocks differ. It must be
below half a minute's distance between two slots."""

SHORT_OUTAGE = 120.0
"""Seconds without any gateway that cost no ping, because senders try again (`curl --retry`).
Higher: jobs whose only ping was lost then are reported as missing."""

NextSlot = Callable[[str, str, float], float]
"""(cron, zone, t): the first instant after t at which the expression is due."""


class HeartbeatStatus(StrEnum):
    """The state of a heartbeat as people see it."""

    NEW = "new"
    UP = "up"
    LATE = "late"
    DOWN = "down"
    SLOW = "running too long"


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which no gateway took pings, in Unix seconds."""

    start: float
    end: float


def outage_since(last_listening: float | None, now: float) -> Outage | None:
    """Return the outage that ends `now`, None if it was too short to cost a ping."""
    if last_listening is None or now - last_listening <= SHORT_OUTAGE:
        return None
    return Outage(last_listening, now)


def first_state(heartbeat: Heartbeat, now: float) -> HeartbeatState:
    """Return the state of a heartbeat that was declared just now."""
    return HeartbeatState(now, heartbeat.schedule)


def due_at(heartbeat: Heartbeat, state: HeartbeatState, next_slot: NextSlot) -> float:
    """Return when the next ping is due."""
    if heartbeat.period is not None:
        return state.awaited_since + heartbeat.period
    return next_slot(heartbeat.cron, heartbeat.zone, state.awaited_since + EARLY)


def missing_at(heartbeat: Heartbeat, state: HeartbeatState, next_slot: NextSlot) -> float:
    """Return when the job counts as missing without another ping; never for a new one."""
    if state.is_new:
        return float("inf")
    # Grace is added to the instant: on the wall clock it would be wrong at a change of the clocks.
    deadline = due_at(heartbeat, state, next_slot) + heartbeat.grace
    return deadline if state.extended_to is None else max(deadline, state.extended_to)


def slow_at(heartbeat: Heartbeat, state: HeartbeatState) -> float:
    """Return when the run in progress has lasted too long; never without one or a limit."""
    if state.started_at is None or heartbeat.longest_run is None:
        return float("inf")
    return state.started_at + heartbeat.longest_run


def problems(
    heartbeat: Heartbeat, state: HeartbeatState, next_slot: NextSlot, now: float
) -> dict[HeartbeatProblem, float]:
    """Return what is wrong at `now`, and since when."""
    since = {
        HeartbeatProblem.MISSING: missing_at(heartbeat, state, next_slot),
        HeartbeatProblem.SLOW: slow_at(heartbeat, state),
        # A fact, also for a replica whose clock is behind, or whose check began before the ping.
        HeartbeatProblem.FAILED: float("inf")
        if state.failed_at is None
        else min(state.failed_at, now),
    }
    return {problem: at for problem, at in since.items() if at <= now}


def status(
    heartbeat: Heartbeat, state: HeartbeatState, next_slot: NextSlot, now: float
) -> HeartbeatStatus:
    """Return the state that people see at `now`."""
    wrong = problems(heartbeat, state, next_slot, now)
    if HeartbeatProblem.MISSING in wrong or HeartbeatProblem.FAILED in wrong:
        return HeartbeatStatus.DOWN
    if HeartbeatProblem.SLOW in wrong:
        return HeartbeatStatus.SLOW
    if state.last_ping is None:
        return HeartbeatStatus.NEW
    late = due_at(heartbeat, state, next_slot) <= now
    return HeartbeatStatus.LATE if late else HeartbeatStatus.UP


def adapted(
    heartbeat: Heartbeat,
    state: HeartbeatState,
    next_slot: NextSlot,
    outage: Outage | None,
    now: float,
) -> HeartbeatState:
    """Return the state as a check at `now` finds it: after outages, reloads and clock steps.

    A job that was due in an outage may have pinged in vain, so it is awaited anew from its end;
    one that was missing before stays so. Another schedule counts from now on. Instants ahead of a
    clock that was set back are now.
    """
    state = replace(state, undeclared_since=None)
    if state.schedule != heartbeat.schedule:
        state = replace(state, schedule=heartbeat.schedule, awaited_since=now)
    if outage is not None:
        due, deadline = due_at(heartbeat, state, next_slot), missing_at(heartbeat, state, next_slot)
        if due - EARLY < outage.end and outage.start < deadline:
            state = replace(state, awaited_since=outage.end)
    ahead = state.awaited_since > now
    return replace(state, awaited_since=now) if ahead else state
