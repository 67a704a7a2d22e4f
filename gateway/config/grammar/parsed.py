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
    """A checked value, where it stands, and how the file writes it."""

    value: Any
    position: SourcePosition
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """A section of the file, checked.

    `valid` is False when a part of it could not be read. `invalid_keys` are the keys whose whole
    value could not be read.
    """

    position: SourcePosition
    fields: Mapping[str, ParsedValue]
    valid: bool = True
    invalid_keys: frozenset[str] = frozenset()

    def lacks(self, key: str) -> bool:
        """Whether the file leaves a key out; one that it says wrongly has been noted."""
        return key not in self.fields and key not in self.invalid_keys

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default` when the file does not say it."""
        item = self.fields.get(key)
        return default if item is None else item.value

    def list_of(self, key: str) -> Sequence[ParsedValue]:
        """The members of a list, none when the file does not say it."""
        return self.get(key, ())  # type: ignore[no-any-return]  # a list's kind gives Givens

    def map_of(self, key: str) -> Mapping[str, ParsedValue]:
        """The members of a mapping by their names, none when the file does not say it."""
        return self.get(key, {})  # type: ignore[no-any-return]  # a mapping's kind gives Givens

    def position_of(self, key: str) -> SourcePosition:
        """Where a key's value stands, or the section itself when the file does not say it."""
        item = self.fields.get(key)
        return self.position if item is None else item.position


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What reading needs beside the node."""

    findings: Findings
    references: References

    def fault(self, node: Node, path: str, message: str, **more: Any) -> None:
        """Note a fault at the node."""
        self.findings.error(SourcePosition(node.line, node.column, path), message, **more)


class FieldType(Protocol):
    """What a value may be."""

    @property
    def type_name(self) -> str:
        """What the reference page and the errors call it."""

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        """The checked value; None when it is empty or not right (then noted)."""

    def schema(self, known: Definitions) -> Schema:
        """Its JSON Schema; sections are put among the `known` definitions and referred to."""


def shape(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, ScalarNode):
        return "nothing" if node.empty else "a single value"
    return "a list" if isinstance(node, ListNode) else "a mapping"


def scalar_text(
    node: Node, path: str, type_name: str, context: ReadContext, example: str = ""
) -> str | None:
    """The text of a single value; None when there is none or (noted) it is a list or mapping."""
    if not isinstance(node, ScalarNode):
        message = f"{field_name(path)}: {type_name} belongs here, not {shape(node)}"
        message += f"; write {example}" if example else ""
        context.fault(node, path, message)
        return None
    return None if node.empty else node.text


def field_name(path: str) -> str:
    """The last step of a path, which is what a person looks for."""
    return path.rsplit(".", 1)[-1] or "the file"


def empty_as_mapping(node: Node) -> Node:
    """Return a mapping without keys in place of an empty scalar, any other node as it is."""
    if isinstance(node, ScalarNode) and node.empty:
        return MappingNode(node.line, node.column, {}, 1)
    return node
