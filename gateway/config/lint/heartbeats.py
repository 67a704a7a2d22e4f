"""Warnings about heartbeats."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.core.plan.heartbeat import Heartbeat, HeartbeatProblem
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import match_routes
from gateway.core.time.timestamps import format_duration


def warn_heartbeats(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn about alerts that notify nobody or have an unknown severity, and unlikely lengths."""
    for name, heartbeat in plan.heartbeats.items():
        position = file.map_of("heartbeats")[name].position
        _warn_lengths(heartbeat, position, findings)
        for problem in HeartbeatProblem:
            if problem is not HeartbeatProblem.SLOW or heartbeat.longest_run is not None:
                _warn_alert(heartbeat, problem, plan, position, findings)


def _warn_lengths(heartbeat: Heartbeat, position: SourcePosition, findings: Findings) -> None:
    period, longest = heartbeat.period, heartbeat.longest_run
    if period is not None and longest is not None and longest > period:
        message = (
            f"{heartbeat.name}: longest_run {format_duration(longest)} is longer than its period "
            f"{format_duration(period)}, so the next run begins before this one is too long"
        )
        findings.warn(position, message)


def _warn_alert(
    heartbeat: Heartbeat,
    problem: HeartbeatProblem,
    plan: Plan,
    position: SourcePosition,
    findings: Findings,
) -> None:
    labels = heartbeat.labels[problem]
    alertname = shorten(labels.get("alertname", ""))
    severity = labels.get(plan.severity_label, "")
    if plan.severities and severity not in plan.severities:
        message = (
            f'{heartbeat.name}: {alertname} has the severity "{shorten(severity)}", which '
            f"severities: does not declare; write labels: {{{plan.severity_label}: …}}"
        )
        findings.warn(position, message)
    receivers = [plan.receivers[one.receiver] for one in match_routes(plan.root, labels)]
    if not any(one.targets or one.escalate for one in receivers):
        message = (
            f'{heartbeat.name}: {alertname} goes to receiver "{shorten(receivers[0].name)}", '
            "which has no targets: nobody would be notified; check its labels: and the routes"
        )
        findings.warn(position, message)
