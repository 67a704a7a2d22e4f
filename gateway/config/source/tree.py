"""YAML as a tree of nodes that keep their text and position.

The field that expects a scalar decides its meaning, not YAML 1.1: there ``no`` is false,
``12:30:45`` is 45045 and ``010`` is eight. So this module builds the tree from the parser's events.
It refuses what a hostile or broken file may do: nest without end, multiply itself through aliases,
name a Python type, or set a key twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from gateway.config.source.nodes import ListNode, MappingEntry, MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, SourcePosition, join, shorten
from gateway.core.errors import GatewayError

MAX_BYTES = 2 * 1024 * 1024
"""Bytes of a file. Raised, a reload of the largest file takes more time and memory."""

MAX_DEPTH = 64
"""Levels of nesting. Each is a recursion of a few calls, which Python bounds at about 1,000."""

MAX_NODES = 200_000
"""Nodes of a file with all its aliases written out. It bounds files that multiply themselves."""
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_TAGS = frozenset(
    _STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
)
_MERGE = "<<"
_LIKE_SPACE = "\u00a0\u2007\u202f\u200b\u2060\ufeff\u3000"
"""Pasted from a page or typed by mistake: YAML reads them as letters."""
_KEY_BEFORE_NO_SPACE = re.compile(rf"[\w.-]+:[{_LIKE_SPACE}]")
_ANCHOR = "a text that begins with & must be quoted"
_NO_SPACE = "a character that only looks like a space stands here: type a plain space"


class _Mark(NamedTuple):
    """A position as the parser counts: from 0."""

    line: int
    column: int


class _UnreadableError(GatewayError):
    """The rest of the file cannot be read."""

    def __init__(self, message: str, mark: _Mark | None, text: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = mark.line + 1 if mark else 1
        self.column = mark.column + 1 if mark else 1
        self.text = text


def read_tree(source: str | bytes, findings: Findings) -> Node | None:
    """Return the tree of one YAML document, None when it cannot be read (then noted)."""
    try:
        text = _text(source)
        return _Composer(text, findings).document()
    except _UnreadableError as fault:
        findings.error(SourcePosition(fault.line, fault.column, ""), fault.message, text=fault.text)
    except yaml.MarkedYAMLError as fault:
        from gateway.config.source.yaml_errors import (
            explain_yaml_error,  # only a mistake pays for its import
        )

        line, column, message = explain_yaml_error(fault, text)
        findings.error(SourcePosition(line, column, ""), message)
    except yaml.YAMLError as fault:
        findings.error(SourcePosition(1, 1, ""), f"not YAML: {shorten(str(fault))}")
    return None


def _text(source: str | bytes) -> str:
    if len(source) > MAX_BYTES:
        raise _UnreadableError(f"the file is larger than {MAX_BYTES // 1024**2} MB", None)
    try:
        # A file of another encoding shows itself by its NULs, one of another kind too.
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source
        text.encode()
    except UnicodeError:
        raise _UnreadableError("the file is not UTF-8 text", None) from None
    if "\0" in text:
        raise _UnreadableError("the file is binary, not YAML text (it has NUL characters)", None)
    return text


class _Composer:
    """Builds the tree from the parser's events, one level of recursion per level of nesting."""

    def __init__(self, text: str, findings: Findings) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._findings = findings
        self._anchors: dict[str, Node | None] = {}  # None while it is being read
        self._unused: dict[str, ScalarNode] = {}  # values with an anchor that no alias has named
        self._lines = text.split("\n")
        self._nodes = 0

    def document(self) -> Node | None:
        next(self._events)  # the start of the stream
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return ScalarNode(1, 1, "", plain=True)
        root = self._node(next(self._events), "", 1)
        next(self._events)  # the end of the document
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise _UnreadableError(
                "a second document begins here: one file is one plan", _mark(event)
            )
        for name, node in self._unused.items():
            position = SourcePosition(node.line, node.column, "")
            self._findings.warn(position, f"no *{name} uses this anchor; {_ANCHOR}")
        return root

    def _node(self, event: yaml.Event, path: str, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        mark = _mark(event)
        if depth > MAX_DEPTH:
            raise _UnreadableError(f"nested deeper than {MAX_DEPTH} levels", mark)
        self._count(1, mark)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!") and tag not in _TAGS:
            error_text = (
                f"the tag {shorten(str(tag))} is not allowed here; quote a text that begins"
            )
            raise _UnreadableError(f"{error_text} with !", mark, str(tag))
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = None
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            node = ScalarNode(mark.line + 1, mark.column + 1, event.value, plain)
            if anchor is not None:
                self._unused[anchor] = node
            if anchor is not None and node.empty:
                self._error(node, path, _ANCHOR)
                node = ScalarNode(
                    node.line, node.column, f"&{anchor}", plain
                )  # so that it is not reported as empty too
            elif plain and _KEY_BEFORE_NO_SPACE.match(event.value):
                self._error(node, path, _NO_SPACE)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(mark, path, depth)
        else:
            node = self._mapping(mark, path, depth)
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent) -> Node:
        name = event.anchor
        self._unused.pop(str(name), None)
        if name not in self._anchors:
            error_text = f"*{name} refers to an anchor that is not above it; quote a text that"
            raise _UnreadableError(f"{error_text} begins with *", _mark(event))
        node = self._anchors[name]
        if node is None:
            raise _UnreadableError(f"*{name} refers to the value that contains it", _mark(event))
        self._count(node.size, _mark(event))
        return node

    def _count(self, nodes: int, mark: _Mark) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _UnreadableError(f"more than {MAX_NODES} values (aliases written out)", mark)

    def _sequence(self, mark: _Mark, path: str, depth: int) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, join(path, len(items)), depth + 1))
        size = 1 + sum(item.size for item in items)
        return ListNode(mark.line + 1, mark.column + 1, tuple(items), size)

    def _mapping(self, mark: _Mark, path: str, depth: int) -> MappingNode:
        entries: dict[str, MappingEntry] = {}
        merged_mappings: list[MappingNode] = []
        size = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, path, depth + 1)
            value = self._node(next(self._events), _under(path, key), depth + 1)
            size += key.size + value.size
            if not isinstance(key, ScalarNode):
                if self._lines[mark.line][mark.column :].startswith("{{"):
                    raise _UnreadableError("a text with {{ … }} must be quoted", mark)
                self._error(key, path, "a key must be a name, not a list or a mapping")
            elif key.plain and any(one in _LIKE_SPACE for one in key.text):
                self._error(key, path, _NO_SPACE)
            elif key.plain and key.text == _MERGE:
                merged_mappings += self._mappings_to_merge(value, path)
            elif key.text in entries:
                first = entries[key.text].key.line
                message = (
                    f'"{shorten(key.text)}" is set twice: first in line {first}; remove one, or '
                    "check its indentation if it belongs to something else"
                )
                self._error(key, join(path, key.text), message, key.text)
            else:
                entries[key.text] = MappingEntry(key, value)
        for other in merged_mappings:
            for name, entry in other.entries.items():
                entries.setdefault(name, entry)
        return MappingNode(mark.line + 1, mark.column + 1, entries, size)

    def _mappings_to_merge(self, value: Node, path: str) -> list[MappingNode]:
        values = value.items if isinstance(value, ListNode) else (value,)
        mappings = [one for one in values if isinstance(one, MappingNode)]
        if len(mappings) < len(values):
            self._error(value, path, "<< merges a mapping (*name), or a list of them")
        return mappings

    def _error(self, node: Node, path: str, message: str, text: str = "") -> None:
        self._findings.error(SourcePosition(node.line, node.column, path), message, text=text)


def _under(path: str, key: Node) -> str:
    return join(path, key.text) if isinstance(key, ScalarNode) else path


def _mark(event: yaml.Event) -> _Mark:
    mark = event.start_mark
    return _Mark(mark.line, mark.column) if mark else _Mark(0, 0)
