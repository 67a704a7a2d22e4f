"""Kinds of values in an alertmanager.yml, as strict and as lenient as its YAML library is.

It is gopkg.in/yaml.v2 in strict mode: any single value may stand for a text, but a quoted text for
neither a number nor a boolean; ``yes`` and ``on`` are booleans; nothing is the same as unset.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.config.grammar.kinds import (
    Definitions,
    Given,
    Reading,
    Schema,
    named,
    scalar_text,
    shape,
)
from gateway.config.source import tree
from gateway.config.source.problem import Spot, join
from gateway.config.source.references import References
from gateway.config.source.tree import Node, Scalar
from gateway.core.plan.accounts import Secret

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])


@dataclass(frozen=True, slots=True)
class Literally(References):
    """No references: in an alertmanager.yml ``${NAME}`` is these seven characters."""

    def expand(self, text: str) -> str:
        """The text itself."""
        return text


class _Described:
    """What a kind owes to the JSON Schema: nothing, for there is none of an alertmanager.yml."""

    def schema(self, known: Definitions) -> Schema:
        """See Kind."""
        return {}


@dataclass(eq=False, repr=False)
class Flag(_Described):
    """A boolean."""

    words: str = "true or false"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind."""
        text = scalar_text(node, path, self.words, reading)
        if text is None:
            return None
        if isinstance(node, Scalar) and node.plain and text in _TRUE | _FALSE:
            return Given(text in _TRUE, Spot(node.line, node.column, path), text)
        said = f'{named(path)}: "{text[:40]}" is neither true nor false'
        if text in _TRUE | _FALSE:
            said = f"{named(path)}: a boolean must not be quoted: write {text}"
        reading.fault(node, path, said, text=text)
        return None


@dataclass(eq=False, repr=False)
class Number(_Described):
    """A whole number, not below `least`."""

    least: int

    @property
    def words(self) -> str:
        """See Kind."""
        return f"whole number from {self.least}"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind."""
        text = scalar_text(node, path, self.words, reading)
        if text is None:
            return None
        plain = isinstance(node, Scalar) and node.plain
        whole = re.fullmatch(r"[+-]?[0-9]{1,19}", text) is not None
        if plain and whole and int(text) >= self.least:
            return Given(int(text), Spot(node.line, node.column, path), text)
        reading.fault(node, path, f'{named(path)}: "{text[:40]}" is not a {self.words}', text=text)
        return None


@dataclass(eq=False, repr=False)
class Hidden(_Described):
    """A secret: its value is a Secret, and no problem shows it. `parse` raises ValueError."""

    words: str = "secret"
    parse: Callable[[str], Any] = str

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind."""
        text = scalar_text(node, path, self.words, reading)
        if not text:
            return None  # an empty secret is none
        spot = Spot(node.line, node.column, path)
        try:
            self.parse(text)
        except ValueError as error:
            reading.findings.error(spot, f"{named(path)}: {error}")
            return None
        return Given(Secret(text), spot)


@dataclass(eq=False, repr=False)
class Texts(_Described):
    """A mapping from names to texts; with `blank` nothing at all is the empty text."""

    words: str = "mapping from names to texts"
    blank: bool = True

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind. Givens by their names, like MapOf."""
        if isinstance(node, Scalar) and node.empty:
            return None
        if not isinstance(node, tree.Mapping):
            said = f"{named(path)}: a mapping belongs here, not {shape(node)}"
            reading.fault(node, path, said)
            return None
        found: dict[str, Given] = {}
        for name, (key, value) in node.entries.items():
            where = join(path, name)
            text = scalar_text(value, where, "text", reading)
            spot = Spot(key.line, key.column, where)
            if text is None and isinstance(value, Scalar) and not self.blank:
                reading.findings.error(spot, f"{named(where)}: empty; a text belongs here")
            if text is None and not (isinstance(value, Scalar) and self.blank):
                continue
            found[name] = Given(text or "", spot, text or "")
        return Given(found, Spot(node.line, node.column, path))


@dataclass(eq=False, repr=False)
class Whatever(_Described):
    """Something that is taken as it is, because nothing here depends on what it is."""

    words: str = "anything"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind."""
        if isinstance(node, Scalar) and (node.empty or not node.text):
            return None
        return Given(None, Spot(node.line, node.column, path))
