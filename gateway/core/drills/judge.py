"""Whether a drill has succeeded or failed, by what is known at an instant. Pure."""

from typing import NamedTuple

from gateway.core.drills.run import DrillFacts, DrillState, MessageFacts
from gateway.core.plan.drill import Drill
from gateway.core.time.timestamps import format_duration


class Verdict(NamedTuple):
    """The state of a run, and what to say of it."""

    state: DrillState
    text: str


def judge(drill: Drill, began_at: float, facts: DrillFacts, now: float) -> Verdict:
    """Return the state of a run that began at `began_at` (Unix seconds).

    It has arrived once each message that was sent has, in time, and somebody acknowledged it where
    that is asked for. It has failed as soon as that cannot happen any more.
    """
    problem = _lost(drill, began_at, facts, now) or _unacknowledged(drill, began_at, facts, now)
    if problem:
        return Verdict(DrillState.FAILED, problem)
    waiting = [one for one in facts.messages if one.arrived_at is None]
    if not facts.messages or waiting:
        return Verdict(DrillState.RUNNING, _waits_for(waiting))
    if drill.acknowledge is not None and facts.acknowledged_at is None:
        return Verdict(DrillState.RUNNING, "it waits for somebody to acknowledge")
    return Verdict(DrillState.ARRIVED, _success(facts))


def _lost(drill: Drill, began_at: float, facts: DrillFacts, now: float) -> str:
    """Return what did not arrive in time; empty while nothing is too late."""
    within = format_duration(round(drill.within))
    first = min((one.created_at for one in facts.messages), default=now)
    if first > began_at + drill.within or (not facts.messages and now >= began_at + drill.within):
        return f"nobody was notified within {within}"
    late = [one for one in facts.messages if _is_late(one, drill.within, now)]
    return "; ".join(_late_text(one, within) for one in late)


def _is_late(message: MessageFacts, within: float, now: float) -> bool:
    at = message.arrived_at
    return (now if at is None else at) - message.created_at > within


def _late_text(message: MessageFacts, within: str) -> str:
    if message.arrived_at is not None:
        took = format_duration(round(message.arrived_at - message.created_at))
        return f"{message.name} took {took}, more than {within}"
    if message.problem:
        return f"{message.name} did not arrive within {within}: {message.problem}"
    if message.accepted_at is not None:
        return f"{message.name}: the vendor accepted it and posted no receipt within {within}"
    return f"{message.name} did not arrive within {within}"


def _unacknowledged(drill: Drill, began_at: float, facts: DrillFacts, now: float) -> str:
    if drill.acknowledge is None:
        return ""
    by = began_at + drill.acknowledge
    at = facts.acknowledged_at
    if (now if at is None else at) <= by:
        return ""
    return f"nobody acknowledged it within {format_duration(round(drill.acknowledge))}"


def _waits_for(waiting: list[MessageFacts]) -> str:
    if not waiting:
        return "nobody was notified yet"
    return f"it waits for {', '.join(one.name for one in waiting)}"


def _success(facts: DrillFacts) -> str:
    slowest = max((one.arrived_at or 0.0) - one.created_at for one in facts.messages)
    count, after = len(facts.messages), format_duration(round(slowest))
    if count == 1:
        text = f"the message arrived after {after}"
    else:
        text = f"all {count} messages arrived, the last after {after}"
    if facts.acknowledged_by:
        text += f"; {facts.acknowledged_by} acknowledged"
    return text
