"""What a value in routes.yaml may be: read, checked, described and put into the JSON Schema.

A kind is told once and serves three ends: `read` turns a node of the tree into a checked value
and notes every fault with its place, `schema` is its JSON Schema, `words` what the reference
page calls it. Whatever a kind cannot read is reported and left out, so that the rest of the file
is read as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.config import yamltree
from gateway.config.problem import Findings, Spot, join, nearest, short
from gateway.config.references import ReferenceFault, References, SecretText, has_reference
from gateway.config.yamltree import Node, Scalar

Schema = dict[str, Any]
Definitions = dict[str, Schema]


@dataclass(frozen=True, slots=True)
class Given:
    """A checked value, where it stands, and how the file writes it."""

    value: Any
    spot: Spot
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A section of the file, checked. `sound` is False when something in it could not be read."""

    spot: Spot
    given: Mapping[str, Given]
    sound: bool = True

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default` when the file does not say it."""
        found = self.given.get(key)
        return default if found is None else found.value

    def each(self, key: str) -> Sequence[Given]:
        """The members of a list, none when the file does not say it."""
        return self.get(key, ())  # type: ignore[no-any-return]  # a list's kind gives Givens

    def named(self, key: str) -> Mapping[str, Given]:
        """The members of a mapping by their names, none when the file does not say it."""
        return self.get(key, {})  # type: ignore[no-any-return]  # a mapping's kind gives Givens

    def spot_of(self, key: str) -> Spot:
        """Where a key's value stands, or the section itself when the file does not say it."""
        found = self.given.get(key)
        return self.spot if found is None else found.spot


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading needs beside the node."""

    findings: Findings
    references: References

    def fault(self, node: Node, path: str, message: str, **more: Any) -> None:
        """Note a fault at the node."""
        self.findings.error(Spot(node.line, node.column, path), message, **more)


class Kind(Protocol):
    """What a value may be."""

    @property
    def words(self) -> str:
        """What the reference page and the errors call it."""

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        """The checked value; None when it is empty or not right (then noted)."""

    def schema(self, known: Definitions) -> Schema:
        """Its JSON Schema; sections are put among the `known` definitions and referred to."""


def shape(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, Scalar):
        return "nothing" if node.empty else "a single value"
    return "a list" if isinstance(node, yamltree.Sequence) else "a mapping"


@dataclass(frozen=True, slots=True)
class Text:
    """One value, read by `parse` from exactly what the file says.

    `parse` raises ValueError with what is wrong and what to write; it sees the text with its
    references replaced, the messages show it as the file writes it.
    """

    words: str = "text"
    parse: Callable[[str], Any] = str
    pattern: str | None = None  # what the schema asks of a string
    types: tuple[str, ...] = ("string", "number")  # and how editors may see it
    blank: bool = False  # whether '' is a value

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        text = scalar_text(node, path, self.words, reading)
        if text is None:
            return None
        spot = Spot(node.line, node.column, path)
        try:
            value = reading.references.expand(text)
            if not value and not self.blank:
                if has_reference(text):
                    return None  # ${NAME:-} says that this may be nothing
                raise ValueError(f"must not be empty: {self.words} belongs here")
            return Given(self.parse(value), spot, text)
        except ReferenceFault as fault:
            reading.findings.error(spot, str(fault), text=text, suggestion=fault.suggestion)
        except ValueError as fault:
            # What comes from outside may be a secret put into the wrong field.
            outside = has_reference(text)
            said = f"what {short(text)} stands for is not {self.words}" if outside else str(fault)
            reading.findings.error(spot, f"{named(path)}: {said}", text=text)
        return None

    def schema(self, known: Definitions) -> Schema:
        known_types: Schema = {"type": list(self.types)}
        if self.pattern is None:
            return known_types
        return {**known_types, "pattern": rf"{self.pattern}|\$\{{"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a few."""

    options: tuple[str, ...]

    @property
    def words(self) -> str:
        return "one of " + ", ".join(self.options)

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        given = Text(self.words).read(node, path, reading)
        if given is None or given.value in self.options:
            return given
        reading.fault(
            node,
            path,
            f'{named(path)}: "{short(given.raw)}" is not known',
            text=given.raw,
            suggestion=nearest(given.raw, self.options),
            allowed=self.options,
        )
        return None

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [{"enum": list(self.options)}, {"type": "string", "pattern": r"\$\{"}]}


@dataclass(frozen=True, slots=True)
class SecretKind:
    """A secret: a SecretText, whose value never shows."""

    words: str = "secret"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        text = scalar_text(node, path, "a secret", reading)
        if text is None:
            return None
        spot = Spot(node.line, node.column, path)
        try:
            value = reading.references.secret(text)
        except ReferenceFault as fault:
            shown = text if has_reference(text) and ":-" not in text else ""
            reading.findings.error(spot, str(fault), text=shown, suggestion=fault.suggestion)
            return None
        if value.empty and not has_reference(text):
            reading.findings.error(spot, f"{named(path)}: must not be empty")
            return None
        if not has_reference(text):
            reading.findings.warn(
                spot,
                f"{named(path)}: the secret stands in the file itself; put it into the "
                "environment (${NAME}) or into a file (${file:PATH})",
            )
        return Given(value, spot)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Url:
    """An http(s) URL. One that takes a reference, or holds a password, becomes a SecretText."""

    words: str = "URL"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        text = scalar_text(node, path, "a URL", reading)
        if text is None:
            return None
        spot = Spot(node.line, node.column, path)
        try:
            secret = reading.references.secret(text)
        except ReferenceFault as fault:
            reading.findings.error(spot, str(fault), suggestion=fault.suggestion)
            return None
        url = secret.secret.reveal()
        scheme, slashes, rest = url.partition("://")
        host = rest.split("/")[0]
        if has_reference(text) and not url:
            return Given(secret, spot)
        if (
            scheme not in ("http", "https")
            or not slashes
            or not host
            or url != "".join(url.split())
        ):
            shown = "" if "@" in url else text
            said = "not a URL: write http://… or https://…"
            reading.findings.error(spot, f"{named(path)}: {said}", text=shown)
            return None
        if has_reference(text):
            return Given(secret, spot)
        if "@" in host:
            reading.findings.warn(
                spot, f"{named(path)}: the URL holds a password; put it into the environment"
            )
            return Given(secret, spot)
        return Given(url, spot, text)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string", "pattern": r"^https?://|\$\{"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; with `or_one` a single member may stand for the list of it. Givens in a tuple."""

    member: Kind
    or_one: bool = False

    @property
    def words(self) -> str:
        return (
            f"{self.member.words}, or a list of them"
            if self.or_one
            else (f"list of: {self.member.words}")
        )

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        if isinstance(node, Scalar) and node.empty:
            return None
        spot = Spot(node.line, node.column, path)
        if not isinstance(node, yamltree.Sequence):
            if self.or_one:
                one = self.member.read(node, path, reading)
                return None if one is None else Given((one,), spot)
            said = f"{named(path)}: a list belongs here, not {shape(node)}"
            reading.findings.error(spot, f"{said}; write [ … ] or lines that begin with -")
            return None
        members = []
        for at, item in enumerate(node.items):
            where = join(path, at)
            if isinstance(item, Scalar) and item.empty:
                reading.fault(
                    item, where, f"{named(where)}: empty; {self.member.words} belongs here"
                )
                continue
            given = self.member.read(item, where, reading)
            if given is not None:
                members.append(given)
        return Given(tuple(members), spot)

    def schema(self, known: Definitions) -> Schema:
        member = self.member.schema(known)
        several: Schema = {"type": ["array", "null"], "items": member}
        return {"anyOf": [member, several]} if self.or_one else several


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names to values of one kind. Givens in a dict; a name with nothing after
    it is a section with nothing said in it, where the member is a section."""

    name: str
    member: Kind
    blank_member: bool = False

    @property
    def words(self) -> str:
        return f"mapping from {self.name} to {self.member.words}"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        if isinstance(node, Scalar) and node.empty:
            return None
        spot = Spot(node.line, node.column, path)
        if not isinstance(node, yamltree.Mapping):
            said = f"{named(path)}: a mapping belongs here, not {shape(node)}"
            reading.findings.error(spot, f"{said}; write {self.name}: {self.member.words}")
            return None
        members: dict[str, Given] = {}
        for name, (key, item) in node.entries.items():
            where = join(path, name)
            if not name.strip():
                reading.fault(key, where, f"{named(path)}: {self.name} must not be empty")
                continue
            given = self.member.read(_opened(item, self.blank_member), where, reading)
            if given is not None:
                # The name is what the messages about the member point to.
                at = Spot(key.line, key.column, where) if self.blank_member else given.spot
                members[name] = Given(given.value, at, given.raw)
            elif isinstance(item, Scalar) and item.empty:
                reading.fault(
                    key, where, f"{named(where)}: empty; {self.member.words} belongs here"
                )
        return Given(members, spot)

    def schema(self, known: Definitions) -> Schema:
        return {"type": ["object", "null"], "additionalProperties": self.member.schema(known)}


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a section: what it may be, what it means, its default and an example in words."""

    name: str
    kind: Kind
    meaning: str
    default: str = ""
    example: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Keys with a meaning each; an unknown one is a fault. An Entry.

    `elsewhere` says of keys that are written differently here, such as Alertmanager's, how.
    """

    name: str
    meaning: str
    fields: tuple[Field, ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False  # whether nothing at all may stand for it

    @property
    def words(self) -> str:
        return self.name

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        if isinstance(node, Scalar) and node.empty and not self.optional:
            return None
        node = _opened(node, self.optional)
        spot = Spot(node.line, node.column, path)
        if not isinstance(node, yamltree.Mapping):
            said = f"{named(path)}: a mapping belongs here, not {shape(node)}"
            keys = [one.name for one in self.fields]
            reading.findings.error(spot, said, allowed=keys)
            return None
        before = reading.findings.count
        by_name = {one.name: one for one in self.fields}
        given: dict[str, Given] = {}
        faulty: set[str] = set()
        for name, (key, value) in node.entries.items():
            if name not in by_name:
                self._unknown(key, join(path, name), by_name, reading)
                continue
            faults = reading.findings.count
            found = by_name[name].kind.read(value, join(path, name), reading)
            if found is not None:
                given[name] = found
            elif reading.findings.count > faults:
                faulty.add(name)
        for one in self.fields:
            if one.required and one.name not in given and one.name not in faulty:
                self._missing(one.name, node, path, reading)
        return Given(Entry(spot, given, reading.findings.count == before), spot)

    def _missing(self, name: str, node: yamltree.Mapping, path: str, reading: Reading) -> None:
        if name not in node.entries:
            reading.fault(node, path, f'{self.name}: "{name}" is missing')
            return
        said = f'{self.name}: "{name}" is empty'
        # "channel: #alerts" says nothing in YAML.
        hint = "; a value that begins with # must be quoted, or it is a comment"
        reading.fault(node.entries[name][0], join(path, name), said + hint)

    def _unknown(
        self, key: Scalar, path: str, known: Mapping[str, Field], reading: Reading
    ) -> None:
        name = key.text
        said = f'unknown key "{short(name)}" in {self.name}'
        if name in self.elsewhere:
            reading.fault(key, path, f"{said}: {self.elsewhere[name]}", text=name)
        else:
            near = nearest(name, known)
            reading.fault(key, path, said, text=name, suggestion=near, allowed=known)

    def schema(self, known: Definitions) -> Schema:
        reference: Schema = {"$ref": f"#/$defs/{self.name}"}
        if self.name not in known:
            known[self.name] = {}  # a section may hold itself
            known[self.name] = self._definition(known)
        return {"anyOf": [reference, {"type": "null"}]} if self.optional else reference

    def _definition(self, known: Definitions) -> Schema:
        properties: Schema = {}
        for one in self.fields:
            properties[one.name] = {**one.kind.schema(known), "description": one.meaning}
        required = [one.name for one in self.fields if one.required]
        definition: Schema = {
            "type": "object",
            "description": self.meaning,
            "properties": properties,
            "additionalProperties": False,
        }
        return {**definition, "required": required} if required else definition


@dataclass(frozen=True, slots=True)
class ListOr:
    """A section, or only the list that is its most important key. An Entry either way."""

    several: ListOf
    key: str
    section: Section

    @property
    def words(self) -> str:
        return f"{self.section.words}, or only its {self.key}"

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        if not isinstance(node, yamltree.Sequence):
            return self.section.read(node, path, reading)
        before = reading.findings.count
        given = self.several.read(node, path, reading)
        if given is None:
            return None
        sound = reading.findings.count == before
        return Given(Entry(given.spot, {self.key: given}, sound), given.spot)

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [self.several.schema(known), self.section.schema(known)]}


@dataclass(frozen=True, slots=True)
class Again:
    """A section inside itself, such as the routes of a route."""

    section: Callable[[], Section]

    @property
    def words(self) -> str:
        return self.section().words

    def read(self, node: Node, path: str, reading: Reading) -> Given | None:
        return self.section().read(node, path, reading)

    def schema(self, known: Definitions) -> Schema:
        return self.section().schema(known)


def scalar_text(node: Node, path: str, words: str, reading: Reading) -> str | None:
    """The text of a single value; None when there is none or (noted) it is a list or mapping."""
    if not isinstance(node, Scalar):
        said = f"{named(path)}: {words} belongs here, not {shape(node)}"
        reading.fault(node, path, said)
        return None
    return None if node.empty else node.text


def named(path: str) -> str:
    """The last step of a path, which is what a person looks for."""
    return path.rsplit(".", 1)[-1]


def secret_of(given: Given | None) -> SecretText | None:
    """The secret of a field, None when it is not said or its references gave nothing."""
    value = None if given is None else given.value
    return value if isinstance(value, SecretText) and not value.empty else None


def _opened(node: Node, blank: bool) -> Node:
    if blank and isinstance(node, Scalar) and node.empty:
        return yamltree.Mapping(node.line, node.column, {}, 1)
    return node
