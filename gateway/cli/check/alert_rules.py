"""Prometheus' alerting rules against routes.yaml: runbooks, severities and teams of alerts.

Only what the rule file itself says is known here: labels that a series or `external_labels` add
are not.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.config.source.nodes import ListNode, MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, Problem, SourcePosition, shorten
from gateway.config.source.regular_file import read_regular
from gateway.config.source.tree import read_tree
from gateway.core.matching.matcher import matches_all
from gateway.core.plan.plan import Plan
from gateway.core.text.nearest import nearest
from gateway.core.text.text_template import is_template
from gateway.render.view.runbooks import runbook_of


def check_alert_rules(files: Iterable[Path], plan: Plan) -> tuple[list[Problem], list[Problem]]:
    """Return errors (files that cannot be read) and warnings about alerts in rule files."""
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for file in files:
        findings = Findings(str(file))
        try:
            tree = read_tree(read_regular(file), findings)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            errors.append(Problem(str(file), 1, 1, "", "", message))
            continue
        if tree is not None:
            for rule in _alerting_rules(tree, findings):
                _check(rule, plan, findings)
        errors += findings.errors
        warnings += findings.warnings
    return errors, warnings


def _alerting_rules(tree: Node, findings: Findings) -> Iterator[MappingNode]:
    groups = _value(tree, "groups")
    if not isinstance(groups, ListNode):
        position = SourcePosition(tree.line, tree.column, "")
        findings.error(position, "it has no groups: this is no file of Prometheus' rules")
        return
    for group in groups.items:
        rules = _value(group, "rules")
        for rule in rules.items if isinstance(rules, ListNode) else ():
            if isinstance(rule, MappingNode) and "alert" in rule.entries:
                yield rule


def _check(rule: MappingNode, plan: Plan, findings: Findings) -> None:
    """Add the warnings about one rule. An alert that a watchdog expects is for no person."""
    name = _text(rule.entries["alert"].value)
    labels = {"alertname": name, **_texts(_value(rule, "labels"))}
    if any(matches_all(watchdog.matchers, labels) for watchdog in plan.watchdogs):
        return
    annotations = _texts(_value(rule, "annotations"))
    position = SourcePosition(rule.line, rule.column, "")
    about = f"alert {shorten(name)}"
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


def _value(node: Node, key: str) -> Node | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return entry.value if entry is not None else None


def _texts(node: Node | None) -> dict[str, str]:
    entries = node.entries.items() if isinstance(node, MappingNode) else ()
    return {name: _text(entry.value) for name, entry in entries}


def _text(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) else ""
