"""Parts of the old file that the new one can copy unchanged, with their comments."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings
from gateway.config.source.tree import read_tree
from gateway.importers.alertmanager.read.secrets import secrets
from gateway.importers.alertmanager.read.source_config import SourceConfig

_MAY_BE_SECRET = re.compile(
    r"#.*((password|secret|token|key|url)\w*\s*:|://\S*(hook|@)|xox[a-z]-)", re.IGNORECASE
)


def copy_source_lines(
    source_config: SourceConfig, key: str, written_lines: Sequence[str]
) -> list[str] | None:
    """Return the lines of a top-level part of the old file, or None.

    They are copied if they mean the same as the lines `written_lines` for the new file, and show no
    secret.
    """
    lines = _slice(source_config, key)
    if lines is None or any(map(_MAY_BE_SECRET.search, lines)):
        return None
    text = "\n".join(lines)
    if any(secret in text for secret in secrets(source_config.entry)):
        return None
    return lines if _plain(lines) == _plain(written_lines) is not None else None


def _slice(source_config: SourceConfig, key: str) -> list[str] | None:
    """Return the lines from the key to the next key, without that one's comments."""
    entries = source_config.tree.entries
    first = entries[key].key
    later = [one.line for one, _ in entries.values() if one.line > first.line]
    lines = source_config.text.splitlines()
    if first.column != 1:
        return None  # the file is one line of braces
    section_lines = lines[first.line - 1 : (min(later) - 1 if later else len(lines))]
    while section_lines and (not section_lines[-1].strip() or section_lines[-1].startswith("#")):
        section_lines.pop()
    # The end of a document must not get into the middle of the new one.
    return None if any(line.startswith(("...", "---")) for line in section_lines) else section_lines


def _plain(lines: Iterable[str]) -> Any:
    """Return the content of lines of YAML; None when they are not complete."""
    findings = Findings("")
    node = read_tree("\n".join(lines) + "\n", findings)
    return None if node is None or findings.count else _value(node)


def _value(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return None if node.empty else node.text
    if isinstance(node, MappingNode):
        return {name: _value(value) for name, (_, value) in node.entries.items()}
    return [_value(item) for item in node.items]
