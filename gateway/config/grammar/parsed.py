"""Parsed values and sections of a configuration file, and the protocol of field types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.config.source.nodes import ListNode, MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, SourcePosition
from gateway.config.source.references import References

Schema = dict[str, Any]
Definitions = dict[str, Schema]


@dataclass(frozen=True, slots=True)
class ParsedValue:
    """A checked value, its position, and the text of the file."""

    value: Any
    position: SourcePosition
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """A checked section of the file.

    `valid` is False when a part of it could not be read. `invalid_keys` are the keys whose whole
    value could not be read.
    """

    position: SourcePosition
    fields: Mapping[str, ParsedValue]
    valid: bool = True
    invalid_keys: frozenset[str] = frozenset()

    def lacks(self, key: str) -> bool:
        """Return whether the file omits a key; an invalid key has been reported already."""
        return key not in self.fields and key not in self.invalid_keys

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or `default` when the file does not set it."""
        item = self.fields.get(key)
        return default if item is None else item.value

    def list_of(self, key: str) -> Sequence[ParsedValue]:
        """Return the items of a list, none when the file does not set it."""
        return self.get(key, ())  # type: ignore[no-any-return]  # a ListOf reads a tuple

    def map_of(self, key: str) -> Mapping[str, ParsedValue]:
        """Return the items of a mapping by name, none when the file does not set it."""
        return self.get(key, {})  # type: ignore[no-any-return]  # a MapOf reads a dict

    def position_of(self, key: str) -> SourcePosition:
        """Return the position of a key's value, or of the section without that key."""
        item = self.fields.get(key)
        return self.position if item is None else item.position


@dataclass(frozen=True, slots=True)
class ReadContext:
    """The findings and references that reading a node needs."""

    findings: Findings
    references: References

    def error(self, node: Node, path: str, message: str, **more: Any) -> None:
        """Note an error at a node."""
        self.findings.error(SourcePosition(node.line, node.column, path), message, **more)


class FieldType(Protocol):
    """The type of a value: it reads, checks and describes it."""

    @property
    def type_name(self) -> str:
        """The name of the type in the reference page and in errors."""

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """Return the checked value; None when it is empty, or invalid and noted."""

    def schema(self, known: Definitions) -> Schema:
        """Return the JSON Schema; sections are added to the `known` definitions."""


def describe_node(node: Node) -> str:
    """Return what a node is, for an error."""
    if isinstance(node, ScalarNode):
        return "nothing" if node.empty else "a single value"
    return "a list" if isinstance(node, ListNode) else "a mapping"


def read_scalar(
    node: Node, path: str, type_name: str, context: ReadContext, example: str = ""
) -> str | None:
    """Return the text of a scalar; None when it is empty, or (noted) another node."""
    if not isinstance(node, ScalarNode):
        message = f"{field_name(path)}: {type_name} belongs here, not {describe_node(node)}"
        message += f"; write {example}" if example else ""
        context.error(node, path, message)
        return None
    return None if node.empty else node.text


def field_name(path: str) -> str:
    """Return the last step of a path, which is what a person searches for."""
    return path.rsplit(".", 1)[-1] or "the file"


def empty_as_mapping(node: Node) -> Node:
    """Return a mapping without keys for an empty scalar, any other node unchanged."""
    if isinstance(node, ScalarNode) and node.empty:
        return MappingNode(node.line, node.column, {}, 1)
    return node
