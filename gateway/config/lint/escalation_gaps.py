"""Warnings about escalations without a step for some time or severity."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.lint.severities_at import OTHER, severities_at
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.plan import Escalation, Plan, Severity
from gateway.core.plan.recipients import fallback_of
from gateway.core.plan.step_condition import StepCondition
from gateway.core.routing.paths import paths
from gateway.core.time.timestamps import local_time

SEARCH_SECONDS = 4 * 7 * 86400.0
"""How far ahead a time without a step is searched. Longer: `gateway check` takes longer. Shorter:
days of the month are missed."""


class _Gap(NamedTuple):
    """An instant at which no step applies, and whether one applies at other times."""

    at: float
    sometimes: bool


def warn_steps_that_leave_gaps(
    file: ParsedSection, plan: Plan, now: float, findings: Findings
) -> None:
    """Warn where no step applies to alerts of a severity that reach the escalation.

    Only the fallback receiver is notified then. Four weeks from `now` (unix seconds) are searched.
    """
    reported: set[str] = set()
    for path in paths(plan.root):
        receiver = plan.receivers[path[-1].receiver]
        policy = plan.escalations.get(receiver.escalate or "")
        if policy is None or policy.name in reported:
            continue
        gaps = (
            (severity, gap)
            for severity in severities_at(plan, path)
            if (gap := _first_gap(plan, policy, severity, now)) is not None
        )
        for severity, gap in islice(gaps, 1):
            reported.add(policy.name)
            message = _message(plan, policy, severity, gap, fallback_of(plan, receiver).name)
            findings.warn(file.map_of("escalations")[policy.name].position, message)


def _first_gap(plan: Plan, policy: Escalation, severity: Severity, now: float) -> _Gap | None:
    conditions: list[StepCondition] = []
    for step in policy.steps:
        if step.when is None:
            return None
        if not step.when.severities or severity.name in step.when.severities:
            conditions.append(step.when)
    at: float | None = now
    while at is not None and at < now + SEARCH_SECONDS:
        if all(one.failure(severity.name, plan.time_intervals, at) for one in conditions):
            return _Gap(at, sometimes=bool(conditions))
        at = _next_change(plan, conditions, at)
    return None


def _next_change(plan: Plan, conditions: Sequence[StepCondition], at: float) -> float | None:
    changes = [one.next_change(plan.time_intervals, at) for one in conditions]
    return min((change for change in changes if change is not None), default=None)


def _message(plan: Plan, policy: Escalation, severity: Severity, gap: _Gap, fallback: str) -> str:
    alerts = "alerts of a severity that is not declared"
    if severity is not OTHER:
        alerts = f"alerts of severity {severity.name}"
    zone = plan.business_hours.zone
    when = f"{local_time(gap.at, zone):%a %Y-%m-%d %H:%M} ({zone})"
    return (
        f'escalation "{shorten(policy.name)}": no step applies to {alerts}'
        f"{f' at {when}' if gap.sometimes else ''}: only the fallback receiver "
        f'"{shorten(fallback)}" would be notified; add a step without when:'
    )
