"""Field types of single values: text and choice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.config.grammar.parsed import (
    Definitions,
    ParsedValue,
    ReadContext,
    Schema,
    field_name,
    read_scalar,
)
from gateway.config.source.nodes import Node, ScalarNode
from gateway.config.source.problem import ParseError, SourcePosition, shorten
from gateway.config.source.references import InvalidReferenceError, has_reference
from gateway.core.plan.label_targets import parse_template
from gateway.core.text.nearest import nearest
from gateway.core.text.text_template import is_template


# Kinds are compared with nothing and never shown, and importing them should be quick.
@dataclass(eq=False, repr=False)
class Text:
    """A single value, read by `parse` from exactly the text of the file.

    `parse` raises ValueError with what is wrong and what to write instead. It receives the text
    with its references replaced; errors show the text as the file has it.
    """

    type_name: str = "text"
    parse: Callable[[str], Any] = str
    pattern: str | None = None  # what the schema asks of a string
    types: tuple[str, ...] = ("string", "number")  # and how editors may see it
    blank: bool = False  # whether '' is a value
    example: str = ""  # what to write instead of a list or a mapping

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        text = read_scalar(node, path, self.type_name, context, self.example)
        if text is None:
            return None
        position = SourcePosition(node.line, node.column, path)
        try:
            value = context.references.expand(text)
            if not value and not self.blank:
                if has_reference(text):
                    return None  # ${NAME:-} allows an empty value
                raise ValueError(f"must not be empty: {self.type_name} belongs here")
            return ParsedValue(self.parse(value), position, text)
        except InvalidReferenceError as fault:
            context.findings.error(position, str(fault), text=text, suggestion=fault.suggestion)
        except ValueError as fault:
            # What comes from outside may be a secret put into the wrong field.
            outside = has_reference(text)
            message = (
                f"the value of {shorten(text)} is invalid: {self.type_name} belongs here"
                if outside
                else str(fault)
            )
            near = fault.suggestion if isinstance(fault, ParseError) and not outside else None
            context.findings.error(
                position, f"{field_name(path)}: {message}", text=text, suggestion=near
            )
        return None

    def schema(self, known: Definitions) -> Schema:
        known_types: Schema = {"type": list(self.types)}
        if self.pattern is None:
            return known_types
        return {**known_types, "pattern": rf"{self.pattern}|\$\{{"}


@dataclass(eq=False, repr=False)
class OrLabels:
    """A text, or one with references to labels, read as a TextTemplate."""

    text: Text

    @property
    def type_name(self) -> str:
        return f"{self.text.type_name}, perhaps with labels"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        with_labels = isinstance(node, ScalarNode) and is_template(node.text)
        chosen = Text(self.type_name, parse_template) if with_labels else self.text
        return chosen.read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [self.text.schema(known), {"type": "string", "pattern": r"\{\{"}]}


@dataclass(eq=False, repr=False)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    @property
    def type_name(self) -> str:
        return "one of " + ", ".join(self.options)

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        result = Text(self.type_name).read(node, path, context)
        if result is None or result.value in self.options:
            return result
        context.error(
            node,
            path,
            f'{field_name(path)}: "{shorten(result.raw)}" is not known',
            text=result.raw,
            suggestion=nearest(result.raw, self.options),
            allowed=self.options,
        )
        return None

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [{"enum": list(self.options)}, {"type": "string", "pattern": r"\$\{"}]}
