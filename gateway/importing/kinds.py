"""Values of an alertmanager.yml, as strict and as lenient as Alertmanager's YAML library is.

It is gopkg.in/yaml.v2 in strict mode: any single value may stand for a text, but a quoted text for
neither a number nor a boolean; ``yes`` and ``on`` are booleans; nothing is the same as unset.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gateway.config import yamltree
from gateway.config.kinds import (
    Definitions,
    Given,
    Kind,
    Reading,
    Schema,
    Text,
    named,
    scalar_text,
    shape,
)
from gateway.config.problem import Spot, join
from gateway.config.references import References
from gateway.config.sections import Field
from gateway.config.yamltree import Node, Scalar
from gateway.core.matcher_parse import parse_matchers
from gateway.core.settings import Secret
from gateway.core.when import parse_duration

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_GO_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_GO_PART = re.compile(rf"([0-9]+\.?[0-9]*|\.[0-9]+)({'|'.join(_GO_UNITS)})")
_GO_DURATION = re.compile(rf"[+-]?(0|({_GO_PART.pattern})+)")
_HOST_AND_PORT = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]+")
SHOWN_SECRET = "<secret>"  # noqa: S105  # what amtool prints in a secret's place


@dataclass(frozen=True, slots=True)
class Literally(References):
    """No references: in an alertmanager.yml ``${NAME}`` is these seven characters."""

    def expand(self, text: str) -> str:
        """The text itself."""
        return text


@dataclass(eq=False, repr=False)
class Flag:
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

    def schema(self, known: Definitions) -> Schema:
        """See Kind."""
        return {"type": "boolean"}


@dataclass(eq=False, repr=False)
class Number:
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

    def schema(self, known: Definitions) -> Schema:
        """See Kind."""
        return {"type": "integer"}


@dataclass(eq=False, repr=False)
class Hidden:
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

    def schema(self, known: Definitions) -> Schema:
        """See Kind."""
        return {"type": "string"}


@dataclass(eq=False, repr=False)
class Texts:
    """A mapping from names to texts; with `blank` nothing at all is the empty text."""

    words: str = "mapping from names to texts"
    blank: bool = True

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind. Givens by their names, like MapOf."""
        if isinstance(node, Scalar) and node.empty:
            return None
        if not isinstance(node, yamltree.Mapping):
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

    def schema(self, known: Definitions) -> Schema:
        """See Kind."""
        return {"type": "object"}


@dataclass(eq=False, repr=False)
class Whatever:
    """Something that is taken as it is, because nothing here depends on what it is."""

    words: str = "anything"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """See Kind."""
        if isinstance(node, Scalar) and (node.empty or not node.text):
            return None
        return Given(None, Spot(node.line, node.column, path))

    def schema(self, known: Definitions) -> Schema:
        """See Kind."""
        return {}


def _go_duration(text: str) -> float:
    """Seconds, as Go's time.ParseDuration reads them: any order of units, and fractions."""
    if len(text) > 40 or _GO_DURATION.fullmatch(text) is None:
        raise ValueError(f'"{text[:40]}" is not a duration such as 10s')
    seconds = sum(float(number) * _GO_UNITS[unit] for number, unit in _GO_PART.findall(text))
    return -seconds if text.startswith("-") else seconds


def check_url(text: str) -> str:
    """A URL with http or https and a host. Raises ValueError, without the text: it may be a
    secret."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or text != "".join(text.split()):
        raise ValueError("not a URL: http://… or https://… with a host belongs here")
    return text


def _secret_url(text: str) -> str:
    return text if text == SHOWN_SECRET else check_url(text)


def _webhook_url(text: str) -> str:
    return text if "{{" in text else _secret_url(text)


def _host_and_port(text: str) -> str:
    if text and _HOST_AND_PORT.fullmatch(text) is None:
        raise ValueError(f'"{text}" needs a host and a port, such as smtp.example.com:587')
    return text


STRING = Text("text", blank=True)
MATCHERS = Text("text with matchers", parse_matchers, blank=True)
DURATION = Text("duration", parse_duration)
GO_DURATION = Text("duration", _go_duration)
URL = Text("URL", check_url)
HOST_AND_PORT = Text("host and port", _host_and_port, blank=True)
FLAG = Flag()
SECRET = Hidden()
SECRET_URL = Hidden("URL", _secret_url)
WEBHOOK_URL = Hidden("URL", _webhook_url)
TEXTS = Texts()
PATTERNS = Texts(blank=False)
WHATEVER = Whatever()


def fields(**kinds: Kind) -> tuple[Field, ...]:
    """Keys with what they hold. A trailing underscore is for Python's own words."""
    return tuple(Field(name.removesuffix("_"), kind, "") for name, kind in kinds.items())
