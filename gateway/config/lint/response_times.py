"""Warnings about steps that end the time to acknowledge before it is over."""

from collections.abc import Iterator, Mapping
from datetime import time

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.lint.severities_at import OTHER, severities_at
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.intervals import respond_within
from gateway.core.plan.plan import Escalation, Plan, Severity
from gateway.core.routing.match import Route
from gateway.core.routing.paths import paths
from gateway.core.time.business_hours import SAME_DAY, BusinessHours
from gateway.core.time.timestamps import format_duration


def warn_short_waits(
    file: ParsedSection, plan: Plan, routes: Mapping[str, ParsedSection], findings: Findings
) -> None:
    """Warn of a step whose `wait` is shorter than a respond_within that applies to its alerts.

    The next step would notify others while the first people still have time. Each step is reported
    once. `routes` are the file's, by the ids of the plan's.
    """
    reported: set[tuple[str, int]] = set()
    for path in paths(plan.root):
        route = path[-1]
        policy = plan.escalations.get(plan.receivers[route.receiver].escalate or "")
        if policy is None:
            continue
        entries = file.map_of("escalations")[policy.name].value.list_of("steps")
        for severity in severities_at(plan, path):
            for index in _short_waits(plan, policy, route, severity):
                if (policy.name, index) in reported:
                    continue
                reported.add((policy.name, index))
                step = policy.steps[index]
                within = respond_within(route, severity)
                message = (
                    f"wait: {format_duration(step.wait or 0.0)} is shorter than respond_within "
                    f"({within if isinstance(within, str) else format_duration(within or 0.0)}) of "
                    f"{_alerts(severity)} at the route in line {routes[route.id].position.line}: "
                    f"the next step of {shorten(policy.name)} would come before the time to "
                    "acknowledge is over; make it longer, or omit it"
                )
                findings.warn(entries[index].value.position_of("wait"), message)


def _alerts(severity: Severity) -> str:
    return "other alerts" if severity is OTHER else f"severity {severity.name}"


def _short_waits(plan: Plan, policy: Escalation, route: Route, severity: Severity) -> Iterator[int]:
    """Yield the indexes of steps that another one follows too soon."""
    within = respond_within(route, severity)
    if within is None:
        return
    shortest = _shortest(within, plan.business_hours)
    for index, step in enumerate(policy.steps):
        follows = index + 1 < len(policy.steps) or policy.repeat
        applies = not step.when or severity.name in (step.when.severities or (severity.name,))
        if follows and applies and step.wait is not None and step.wait < shortest:
            yield index


def _shortest(within: float | str, hours: BusinessHours) -> float:
    """Return the seconds that a wait must have at least.

    Of "same day" it is the length of the business day, because most alerts have less time. Of
    "next business day" it is the time from midnight, shortly before which an alert has the least.
    """
    if not isinstance(within, str):
        return within
    start = hours.start if within == SAME_DAY else time(0)
    minutes = (hours.end.hour - start.hour) * 60 + hours.end.minute - start.minute
    return minutes * 60.0
