"""Warnings about heartbeats, and what their sections become."""

from gateway.core.plan.heartbeat import HeartbeatProblem
from tests.config.texts import loaded

PLAN = """
channels: {{email: {{provider: console, from: a@example.com}}}}
severities: {{critical: {{rank: 1}}, warning: {{rank: 2}}}}
receivers: [{{name: ops, email: [{{to: ana@example.com}}]}}, {{name: nobody}}]
route: {{receiver: ops, routes: [{{matchers: ['team="lost"'], receiver: nobody}}]}}
heartbeats:
  renewal-cron: {{{job}}}
"""


def warnings_of(job: str) -> list[str]:
    """Return the positions and messages of the warnings about the heartbeat."""
    warnings = loaded(PLAN.format(job=job)).warnings
    return [f"{one.line}:{one.column}: {one.message}" for one in warnings if one.line > 6]


def test_usual_heartbeat_has_no_warning() -> None:
    """The defaults are fine where a severity of their name is declared."""
    assert warnings_of("period: 5m") == []
    assert warnings_of('cron: "0 2 * * *", longest_run: 5m, failed: {severity: critical}') == []


def test_alert_that_notifies_nobody_is_warned_of() -> None:
    """Each problem has its own route; one that is not watched has none."""
    assert warnings_of("period: 5m, slow: {team: lost}") == []
    assert warnings_of("period: 5m, longest_run: 1m, slow: {team: lost}") == [
        '7:3: renewal-cron: HeartbeatSlow goes to receiver "nobody", which has no targets: nobody '
        "would be notified; check its labels: and the routes"
    ]


def test_undeclared_severity_and_long_runs_are_warned_of() -> None:
    """A typing error in a severity would page everybody."""
    assert warnings_of("period: 5m, longest_run: 1h, failed: {severity: critcal}") == [
        "7:3: renewal-cron: longest_run 1h is longer than its period 5m, so the next run begins "
        "before this one is too long",
        '7:3: renewal-cron: HeartbeatFailed has the severity "critcal", which severities: does '
        "not declare; write labels: {severity: …}",
    ]


def test_labels_of_a_problem_win_and_an_empty_one_leaves_a_label_out() -> None:
    """The billing world's names, teams and severities need no rule elsewhere."""
    config = loaded(
        PLAN.format(
            job="period: 5m, labels: {team: billing, heartbeat: other, domain: x}, "
            "missing: {alertname: RenewalCronMissing, team: platform, domain: ''}"
        )
    )
    labels = config.plan.heartbeats["renewal-cron"].labels
    assert labels[HeartbeatProblem.MISSING] == {
        "alertname": "RenewalCronMissing",
        "severity": "warning",
        "team": "platform",
        "heartbeat": "renewal-cron",
    }
    assert labels[HeartbeatProblem.SLOW]["alertname"] == "HeartbeatSlow"
    assert labels[HeartbeatProblem.SLOW]["team"] == "billing"
