"""`gateway check --rules`: what Prometheus' rules lack here."""

import json
from pathlib import Path

import pytest

from tests.cli.console import SHIPPED, fine, gateway

TOKENS = {
    **{
        f"{name}_TOKEN": f"test-{name.lower()}-token" for name in ("DRILL", "PROMETHEUS", "GRAFANA")
    },
    **{f"{name}_TOKEN": f"test-{name.lower()}-token" for name in ("POSTHOG", "POSTMARK", "SLACK")},
    **dict.fromkeys(
        ("SENTRY_CLIENT_SECRET", "STRIPE_WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET"),
        "test-source-secret",
    ),
    **dict.fromkeys(("SLACK_SIGNING_SECRET", "TWILIO_AUTH_TOKEN"), "test-channel-secret"),
    "PAGERDUTY_BILLING_KEY": "test-pagerduty-billing-key",
    "PAGERDUTY_PLATFORM_KEY": "test-pagerduty-platform-key",
}
"""What the billing example needs in its environment."""

ROUTES = """
severities: {critical: {rank: 1}, warning: {rank: 2}}
runbooks: books
people: {ana: {email: ana@example.com}}
teams: {billing: {matchers: ['team="billing"'], members: [ana]}}
watchdogs: {prometheus: {matchers: ['alertname="Watchdog"']}}
receivers: [{name: all}]
route: {receiver: all, group_by: [alertname, team]}
"""
RULES = """groups:
  - name: billing
    rules:
      - record: x
        expr: vector(1)
      - alert: DoubleCharge
        labels: {severity: critical, team: billing}
      - alert: RefundsSlow
        labels: {severity: warnin, team: billing}
        annotations: {runbook: double-charge}
      - alert: Filled
        labels: {severity: "{{ $labels.severity }}", team: payments}
        annotations: {runbook_url: "https://r.example.com/{{ $labels.kind }}"}
      - alert: Unknown
        labels: {severity: warning, team: billing}
      - alert: Watchdog
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "routes.yaml").write_text(ROUTES)
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "double-charge.md").write_text("# Double charge\n## Immediate\nx\n")
    (tmp_path / "rules.yml").write_text(RULES)
    return tmp_path


def test_alerts_that_lack_something_are_named_with_their_line(folder: Path) -> None:
    """A runbook by name or annotation, a declared severity, a team; a watchdog needs none."""
    rules = folder / "rules.yml"
    result = gateway("check", str(folder / "routes.yaml"), "--rules", str(rules), "--json")
    warnings = [
        (one["line"], one["message"], one["suggestion"])
        for one in json.loads(result.output)["warnings"]
        if one["file"] == str(rules)
    ]
    assert warnings == [
        (8, 'alert RefundsSlow: severity "warnin" is not declared', "warning"),
        (11, "alert Filled belongs to no team", None),
        (14, "alert Unknown has no runbook: no file of runbooks: has its name", None),
    ]
    assert result.exit_code == 0


@pytest.mark.parametrize("text", ["a: [", "groups: 1", None])
def test_file_that_is_no_rule_file_is_an_error(folder: Path, text: str | None) -> None:
    """A wrong path is reported, not passed."""
    rules = folder / "other.yml"
    if text is not None:
        rules.write_text(text)
    result = gateway("check", str(folder / "routes.yaml"), "--rules", str(rules))
    assert result.exit_code == 1
    assert "other.yml" in result.output


def test_billing_example_and_its_rules_have_no_finding() -> None:
    """Routes, templates, proof, runbooks and rules: what people copy is right."""
    folder = SHIPPED.parent / "docs" / "examples" / "billing"
    rules = [str(path) for path in sorted((folder / "rules").glob("*.rules.yml"))]
    options = [text for path in rules for text in ("--rules", path)]
    output = fine("check", str(folder / "routes.yaml"), *options, **TOKENS)
    assert "warning:" not in output
    assert "routes.yaml: no errors" in output
    assert "subjects: 🚨 CRITICAL BILLING ALERT: AlertName" in output
    assert "runbooks: 14 files" in output
