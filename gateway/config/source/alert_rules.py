"""Prometheus' rule files: the alerts that they declare."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.config.source.nodes import ListNode, MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, SourcePosition
from gateway.config.source.regular_file import read_regular
from gateway.config.source.tree import read_tree


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alert that a rule file declares, as the file has it: templates are not filled.

    `labels` contain the alertname.
    """

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    file: str
    line: int
    column: int

    @property
    def position(self) -> str:
        """Return where it stands: `file:line`."""
        return f"{self.file}:{self.line}"


def read_alert_rules(path: Path, findings: Findings) -> list[AlertRule]:
    """Return the alerts of a rule file. What is wrong with the file is noted.

    Raises OSError if it cannot be read.
    """
    tree = read_tree(read_regular(path), findings)
    return [] if tree is None else list(_rules(tree, str(path), findings))


def _rules(tree: Node, file: str, findings: Findings) -> Iterator[AlertRule]:
    groups = _value(tree, "groups")
    if not isinstance(groups, ListNode):
        position = SourcePosition(tree.line, tree.column, "")
        findings.error(position, "it has no groups: this is no file of Prometheus' rules")
        return
    for group in groups.items:
        rules = _value(group, "rules")
        for rule in rules.items if isinstance(rules, ListNode) else ():
            if isinstance(rule, MappingNode) and "alert" in rule.entries:
                name = _text(rule.entries["alert"].value)
                yield AlertRule(
                    name,
                    {**_texts(_value(rule, "labels")), "alertname": name},
                    _texts(_value(rule, "annotations")),
                    file,
                    rule.line,
                    rule.column,
                )


def _value(node: Node, key: str) -> Node | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return entry.value if entry is not None else None


def _texts(node: Node | None) -> dict[str, str]:
    entries = node.entries.items() if isinstance(node, MappingNode) else ()
    return {name: _text(entry.value) for name, entry in entries}


def _text(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) else ""
