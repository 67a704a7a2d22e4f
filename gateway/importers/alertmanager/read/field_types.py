"""Types of values in an alertmanager.yml, exactly as strict as its YAML library.

It is gopkg.in/yaml.v2 in strict mode: any single value may stand for a text, but a quoted text for
neither a number nor a boolean; ``yes`` and ``on`` are booleans; nothing is the same as unset.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.config.grammar.parsed import (
    Definitions,
    ParsedValue,
    ReadContext,
    Schema,
    describe_node,
    field_name,
    read_scalar,
)
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import SourcePosition, join
from gateway.config.source.references import References
from gateway.core.plan.accounts import Secret

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])


@dataclass(frozen=True, slots=True)
class NoReferences(References):
    """No references: in an alertmanager.yml ``${NAME}`` is these seven characters."""

    def expand(self, text: str) -> str:
        """Return the text itself."""
        return text


class _NoSchema:
    """A field type without a JSON Schema, because alertmanager.yml needs none."""

    def schema(self, known: Definitions) -> Schema:
        """See FieldType."""
        return {}


@dataclass(eq=False, repr=False)
class Flag(_NoSchema):
    """A boolean."""

    type_name: str = "true or false"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """See FieldType."""
        text = read_scalar(node, path, self.type_name, context)
        if text is None:
            return None
        if isinstance(node, ScalarNode) and node.plain and text in _TRUE | _FALSE:
            return ParsedValue(text in _TRUE, SourcePosition(node.line, node.column, path), text)
        message = f'{field_name(path)}: "{text[:40]}" is neither true nor false'
        if text in _TRUE | _FALSE:
            message = f"{field_name(path)}: a boolean must not be quoted: write {text}"
        context.error(node, path, message, text=text)
        return None


@dataclass(eq=False, repr=False)
class Number(_NoSchema):
    """A whole number, not below `least`."""

    least: int

    @property
    def type_name(self) -> str:
        """See FieldType."""
        return f"whole number from {self.least}"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """See FieldType."""
        text = read_scalar(node, path, self.type_name, context)
        if text is None:
            return None
        plain = isinstance(node, ScalarNode) and node.plain
        is_whole = re.fullmatch(r"[+-]?[0-9]{1,19}", text) is not None
        if plain and is_whole and int(text) >= self.least:
            return ParsedValue(int(text), SourcePosition(node.line, node.column, path), text)
        context.error(
            node, path, f'{field_name(path)}: "{text[:40]}" is not a {self.type_name}', text=text
        )
        return None


@dataclass(eq=False, repr=False)
class HiddenSecret(_NoSchema):
    """A secret, read as a Secret that no problem shows. `parse` raises ValueError."""

    type_name: str = "secret"
    parse: Callable[[str], Any] = str

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """See FieldType."""
        text = read_scalar(node, path, self.type_name, context)
        if not text:
            return None  # an empty secret counts as unset
        position = SourcePosition(node.line, node.column, path)
        try:
            self.parse(text)
        except ValueError as error:
            context.findings.error(position, f"{field_name(path)}: {error}")
            return None
        return ParsedValue(Secret(text), position)


@dataclass(eq=False, repr=False)
class TextMap(_NoSchema):
    """A mapping from names to texts; with `blank` an empty value is the empty text."""

    type_name: str = "mapping from names to texts"
    blank: bool = True

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """See FieldType. A dict of parsed values, like MapOf."""
        if isinstance(node, ScalarNode) and node.empty:
            return None
        if not isinstance(node, MappingNode):
            message = f"{field_name(path)}: a mapping belongs here, not {describe_node(node)}"
            context.error(node, path, message)
            return None
        texts: dict[str, ParsedValue] = {}
        for name, (key, value) in node.entries.items():
            item_path = join(path, name)
            text = read_scalar(value, item_path, "text", context)
            position = SourcePosition(key.line, key.column, item_path)
            if text is None and isinstance(value, ScalarNode) and not self.blank:
                context.findings.error(
                    position, f"{field_name(item_path)}: empty; a text belongs here"
                )
            if text is None and not (isinstance(value, ScalarNode) and self.blank):
                continue
            texts[name] = ParsedValue(text or "", position, text or "")
        return ParsedValue(texts, SourcePosition(node.line, node.column, path))


@dataclass(eq=False, repr=False)
class AnyValue(_NoSchema):
    """A value that is accepted unread, because nothing here depends on it."""

    type_name: str = "anything"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """See FieldType."""
        if isinstance(node, ScalarNode) and (node.empty or not node.text):
            return None
        return ParsedValue(None, SourcePosition(node.line, node.column, path))
