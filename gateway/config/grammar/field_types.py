"""What a value in routes.yaml may be: read, checked, described and put into the JSON Schema.

A kind is told once and serves three ends: `read` turns a node of the tree into a checked value
and notes every fault with its place, `schema` is its JSON Schema, `type_name` what the reference
page calls it. Whatever a kind cannot read is reported and left out, so that the rest of the file
is read as well.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.config.source import tree
from gateway.config.source.problem import Findings, ParseError, SourcePosition, nearest, shorten
from gateway.config.source.references import (
    InvalidReferenceError,
    References,
    SecretText,
    has_reference,
    only_references,
)
from gateway.config.source.tree import Node, Scalar
from gateway.core.urls.web_url import WebUrl, web_url

_PASSWORD = re.compile(r"https?://[^/]*@", re.IGNORECASE)

_LIKE_REFERENCE = re.compile(r"\$[A-Za-z_]\w*|\$\(\w+\)|%\w+%|\{\{.*\}\}|<[^<>]+>")
_WITH_TOKEN = tuple(
    re.compile(rf"https?://{form}", re.IGNORECASE)
    for form in (
        r"hooks\.slack\.com/",
        r"(?:\w+\.)?discord(?:app)?\.com/api/webhooks/",
        r"[^/]+\.webhook\.office\.com/",
        r"hooks\.zapier\.com/",
        r"api\.telegram\.org/bot",
        r"[^?]*\?(?:.*&)?(?:\w*token|(?:api)?[-_]?key|sig|signature|secret|password)=",
    )
)

WEB_PATTERN = "^[Hh][Tt][Tt][Pp][Ss]?://"
"""What the JSON Schema asks of a URL; `gateway check` asks for more."""

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

    `sound` is False when something in it could not be read, `faulty` are the keys of which that
    is all.
    """

    position: SourcePosition
    given: Mapping[str, ParsedValue]
    sound: bool = True
    faulty: frozenset[str] = frozenset()

    def lacks(self, key: str) -> bool:
        """Whether the file leaves a key out; one that it says wrongly has been noted."""
        return key not in self.given and key not in self.faulty

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default` when the file does not say it."""
        found = self.given.get(key)
        return default if found is None else found.value

    def each(self, key: str) -> Sequence[ParsedValue]:
        """The members of a list, none when the file does not say it."""
        return self.get(key, ())  # type: ignore[no-any-return]  # a list's kind gives Givens

    def named(self, key: str) -> Mapping[str, ParsedValue]:
        """The members of a mapping by their names, none when the file does not say it."""
        return self.get(key, {})  # type: ignore[no-any-return]  # a mapping's kind gives Givens

    def position_of(self, key: str) -> SourcePosition:
        """Where a key's value stands, or the section itself when the file does not say it."""
        found = self.given.get(key)
        return self.position if found is None else found.position


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
    if isinstance(node, Scalar):
        return "nothing" if node.empty else "a single value"
    return "a list" if isinstance(node, tree.Sequence) else "a mapping"


# Kinds are compared with nothing and never shown, and importing them should be quick.
@dataclass(eq=False, repr=False)
class Text:
    """One value, read by `parse` from exactly what the file says.

    `parse` raises ValueError with what is wrong and what to write; it sees the text with its
    references replaced, the messages show it as the file writes it.
    """

    type_name: str = "text"
    parse: Callable[[str], Any] = str
    pattern: str | None = None  # what the schema asks of a string
    types: tuple[str, ...] = ("string", "number")  # and how editors may see it
    blank: bool = False  # whether '' is a value
    example: str = ""  # what to write where a list or a mapping stands

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = scalar_text(node, path, self.type_name, context, self.example)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            value = context.references.expand(text)
            if not value and not self.blank:
                if has_reference(text):
                    return None  # ${NAME:-} says that this may be nothing
                raise ValueError(f"must not be empty: {self.type_name} belongs here")
            return ParsedValue(self.parse(value), position, text)
        except InvalidReferenceError as fault:
            context.findings.error(position, str(fault), text=text, suggestion=fault.suggestion)
        except ValueError as fault:
            # What comes from outside may be a secret put into the wrong field.
            outside = has_reference(text)
            said = (
                f"what {shorten(text)} stands for is no {self.type_name}" if outside else str(fault)
            )
            near = fault.suggestion if isinstance(fault, ParseError) and not outside else None
            context.findings.error(position, f"{named(path)}: {said}", text=text, suggestion=near)
        return None

    def schema(self, known: Definitions) -> Schema:
        known_types: Schema = {"type": list(self.types)}
        if self.pattern is None:
            return known_types
        return {**known_types, "pattern": rf"{self.pattern}|\$\{{"}


@dataclass(eq=False, repr=False)
class Choice:
    """One word of a few."""

    options: tuple[str, ...]

    @property
    def type_name(self) -> str:
        return "one of " + ", ".join(self.options)

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        given = Text(self.type_name).read(node, path, context)
        if given is None or given.value in self.options:
            return given
        context.fault(
            node,
            path,
            f'{named(path)}: "{shorten(given.raw)}" is not known',
            text=given.raw,
            suggestion=nearest(given.raw, self.options),
            allowed=self.options,
        )
        return None

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [{"enum": list(self.options)}, {"type": "string", "pattern": r"\$\{"}]}


@dataclass(eq=False, repr=False)
class SecretType:
    """A secret: a SecretText, whose value never shows."""

    type_name: str = "secret"
    blank: bool = False  # whether '' is a value: none, where another one would be inherited

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = scalar_text(node, path, "a secret", context)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            value = context.references.secret(text)
        except InvalidReferenceError as fault:
            shown = text if only_references(text) and ":-" not in text else ""
            context.findings.error(position, str(fault), text=shown, suggestion=fault.suggestion)
            return None
        if value.empty and self.blank:
            return ParsedValue(value, position)
        if value.empty and not has_reference(text):
            context.findings.error(position, f"{named(path)}: must not be empty")
            return None
        if value.secret.reveal() != value.secret.reveal().strip():
            context.findings.error(
                position,
                f"{named(path)}: the secret is blank, or has white space at its beginning or end: "
                "remove it where the secret is kept",
                text=text if only_references(text) and ":-" not in text else "",
            )
            return None
        if _LIKE_REFERENCE.fullmatch(text):
            said = "this is taken as the secret itself; ${NAME}, with braces, reads the environment"
            context.findings.warn(position, f"{named(path)}: {said}")
        elif not only_references(text):
            context.findings.warn(
                position,
                f"{named(path)}: the secret stands in the file itself; put it into the "
                "environment (${NAME}) or into a file (${file:PATH})",
            )
        return ParsedValue(value, position)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string"} if self.blank else {"type": "string", "minLength": 1}


@dataclass(eq=False, repr=False)
class Url:
    """An http(s) URL. One that takes a reference, or holds a password, becomes a SecretText."""

    type_name: str = "URL"
    parse: Callable[[str], WebUrl] = web_url

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = scalar_text(node, path, "a URL", context)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            shown = _PASSWORD.match(text) is None
            secret = context.references.secret(text, shown)
        except InvalidReferenceError as fault:
            context.findings.error(position, str(fault), suggestion=fault.suggestion)
            return None
        url = secret.secret.reveal()
        from_outside = has_reference(text)
        if url or not from_outside:
            try:
                self.parse(url)
            except ValueError as fault:
                # Without the text: many a URL holds a token.
                context.findings.error(position, f"{named(path)}: {fault}")
                return None
        if not shown:
            said = "the URL holds a password; put it into the environment"
            context.findings.warn(position, f"{named(path)}: {said}")
        elif not from_outside and _holds_token(url):
            shown = False
            secret = context.references.secret(text, shown)
            said = "the URL holds a token; put all of it into the environment (${NAME})"
            context.findings.warn(
                position, f"{named(path)}: {said}, or into a file (${{file:PATH}})"
            )
        return ParsedValue(url if shown and not from_outside else secret, position)

    def schema(self, known: Definitions) -> Schema:
        return {"type": "string", "pattern": rf"{WEB_PATTERN}|\$\{{"}


def scalar_text(
    node: Node, path: str, type_name: str, context: ReadContext, example: str = ""
) -> str | None:
    """The text of a single value; None when there is none or (noted) it is a list or mapping."""
    if not isinstance(node, Scalar):
        said = f"{named(path)}: {type_name} belongs here, not {shape(node)}"
        said += f"; write {example}" if example else ""
        context.fault(node, path, said)
        return None
    return None if node.empty else node.text


def _holds_token(url: str) -> bool:
    """Whether knowing this URL is all that posting to it takes."""
    return any(known.match(url) for known in _WITH_TOKEN)


def named(path: str) -> str:
    """The last step of a path, which is what a person looks for."""
    return path.rsplit(".", 1)[-1] or "the file"


def secret_of(given: ParsedValue | None) -> SecretText | None:
    """The secret of a field, None when it is not said or its references gave nothing."""
    value = None if given is None else given.value
    return value if isinstance(value, SecretText) and not value.empty else None
