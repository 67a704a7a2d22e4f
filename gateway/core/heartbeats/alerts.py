"""Alerts about heartbeats: which of them begin and end when a state changes."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.heartbeats.output import shown_output
from gateway.core.heartbeats.schedule import NextSlot, due_at, problems
from gateway.core.heartbeats.state import HeartbeatState
from gateway.core.plan.heartbeat import HEARTBEAT_SOURCE, Heartbeat, HeartbeatProblem
from gateway.core.time.timestamps import format_duration, format_rfc3339

CLOCKS_DIFFER = 10.0
"""Seconds by which a check may be behind the one that let an alert fire, on another replica. Higher
delays the end of an alert whose deadline a reload moved by less."""

Reported = tuple[HeartbeatState, list[Alert]]
"""A state that knows which alerts fire, and the alerts to store with it."""


def report_problems(
    heartbeat: Heartbeat,
    state: HeartbeatState,
    output: str,
    next_slot: NextSlot,
    now: float,
    *,
    repeated: bool = False,
    patient: bool = False,
) -> Reported:
    """Return the state at `now` with the alerts that begin or end.

    `repeated`: report also those that fire already, because a ping may have changed their texts.
    `patient`: no job becomes missing, because senders may try again after a restart.
    """
    firing: dict[str, Mapping[str, str]] = {}
    alerts = []
    wrong = problems(heartbeat, state, next_slot, now)
    if not repeated:
        nearly = problems(heartbeat, state, next_slot, now + CLOCKS_DIFFER)
        wrong |= {one: min(at, now) for one, at in nearly.items() if one.value in state.alerts}
    for problem, since in wrong.items():
        labels = dict(heartbeat.labels[problem])
        known = state.alerts.get(problem)
        if known is None and patient and problem is HeartbeatProblem.MISSING:
            continue
        firing[problem.value] = labels
        if repeated or known != labels:
            texts = _texts(heartbeat, state, problem, output, next_slot)
            alerts.append(_alert(labels, texts, since, None, now))
    ended = [
        _alert(labels, {}, now, now, now)
        for problem, labels in state.alerts.items()
        if firing.get(problem) != labels
    ]
    return replace(state, alerts=firing), ended + alerts


def end_alerts(state: HeartbeatState, now: float) -> list[Alert]:
    """Return the ends of all alerts of a heartbeat that routes.yaml no longer has."""
    return [_alert(labels, {}, now, now, now) for labels in state.alerts.values()]


def _alert(
    labels: Mapping[str, str],
    texts: Mapping[str, str],
    starts_at: float,
    ends_at: float | None,
    now: float,
) -> Alert:
    return Alert(
        identity(labels),
        labels,
        texts,
        starts_at,
        ends_at,
        source=HEARTBEAT_SOURCE,
        updated_at=now,
        # The start is by the gateway's clock, so an end always ends what it began.
        received_start=True,
    )


def _texts(
    heartbeat: Heartbeat,
    state: HeartbeatState,
    problem: HeartbeatProblem,
    output: str,
    next_slot: NextSlot,
) -> dict[str, str]:
    """Return the annotations; those of routes.yaml win."""
    name = heartbeat.name
    if problem is HeartbeatProblem.MISSING:
        due = _utc(due_at(heartbeat, state, next_slot))
        summary = f"{name} did not run: its ping was due at {due}"
        last = "none" if state.last_ping is None else _utc(state.last_ping)
        grace = format_duration(heartbeat.grace)
        description = f"Schedule: {heartbeat.schedule}, grace {grace}. Last ping: {last}."
    elif problem is HeartbeatProblem.SLOW:
        longest = format_duration(heartbeat.longest_run or 0.0)
        summary = f"{name} has been running for longer than {longest}"
        description = f"It began at {_utc(state.started_at or 0.0)} and has not ended yet."
    else:
        by = "" if state.exit_status is None else f" with exit status {state.exit_status}"
        summary = f"{name} failed{by}"
        description = f"Schedule: {heartbeat.schedule}."
    if output:
        description = f"{description}\nLast output:\n{shown_output(output)}"
    return {"summary": summary, "description": description, **heartbeat.annotations}


def _utc(t: float) -> str:
    return format_rfc3339(t, milliseconds=False)
