"""Nodes of a YAML document, each with its text and its position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value as it was written; `plain` when without quotes."""

    line: int
    column: int
    text: str
    plain: bool
    size: int = 1

    @property
    def empty(self) -> bool:
        """Whether there is no value: no text at all, ``~`` or ``null``."""
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of nodes."""

    line: int
    column: int
    items: tuple[Node, ...]
    size: int


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys in their order, each with its key node and value."""

    line: int
    column: int
    entries: dict[str, MappingEntry]
    size: int


class MappingEntry(NamedTuple):
    """A key of a mapping, and its value."""

    key: ScalarNode
    value: Node


Node = ScalarNode | ListNode | MappingNode
