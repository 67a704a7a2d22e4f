"""Prometheus' alerting rules against routes.yaml: runbooks, severities and teams of alerts.

Only what the rule file itself says is known here: labels that a series or `external_labels` add
are not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config.source.alert_rules import AlertRule, read_alert_rules
from gateway.config.source.problem import Findings, Problem, SourcePosition, shorten
from gateway.core.matching.matcher import matches_all
from gateway.core.plan.plan import Plan
from gateway.core.text.nearest import nearest
from gateway.core.text.text_template import is_template
from gateway.render.view.runbooks import runbook_of


@dataclass(slots=True)
class CheckedRules:
    """The alerts of rule files, errors (files that cannot be read) and warnings about alerts."""

    rules: list[AlertRule] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check_alert_rules(files: Iterable[Path], plan: Plan) -> CheckedRules:
    """Return the alerts in rule files, and what is wrong with them."""
    checked = CheckedRules()
    for file in files:
        findings = Findings(str(file))
        try:
            rules = read_alert_rules(file, findings)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            checked.errors.append(Problem(str(file), 1, 1, "", "", message))
            continue
        for rule in rules:
            _check(rule, plan, findings)
        checked.rules += rules
        checked.errors += findings.errors
        checked.warnings += findings.warnings
    return checked


def _check(rule: AlertRule, plan: Plan, findings: Findings) -> None:
    """Add the warnings about one rule. An alert that a watchdog expects is for no person."""
    labels, annotations = rule.labels, rule.annotations
    if any(matches_all(watchdog.matchers, labels) for watchdog in plan.watchdogs):
        return
    position = SourcePosition(rule.line, rule.column, "")
    about = f"alert {shorten(rule.name)}"
    facts = {
        "common_labels": labels,
        # What Prometheus fills in counts as a URL: it is not known here.
        "common_annotations": {k: v for k, v in annotations.items() if not is_template(v)},
    }
    filled = any(is_template(annotations.get(key, "")) for key in ("runbook_url", "runbook"))
    runbook = runbook_of(facts, plan, "https://gateway.invalid")
    if runbook.link is None and not filled:
        where = "no file of runbooks: has its name" if plan.runbooks.folder else "no runbook_url"
        findings.warn(position, f"{about} has no runbook: {where}")
    severity = labels.get(plan.severity_label, "")
    if plan.severities and severity not in plan.severities and not is_template(severity):
        text = f'severity "{shorten(severity)}" is not declared' if severity else "it has none"
        near = nearest(severity, plan.severities) if severity else None
        findings.warn(position, f"{about}: {text}", text=severity, suggestion=near)
    if plan.teams and not plan.team_of(labels):
        findings.warn(position, f"{about} belongs to no team")
