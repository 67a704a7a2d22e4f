"""Sections: mappings whose keys are known, each with its meaning, default and example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.config.grammar.field_types import OrLabels, Text
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.parsed import (
    Definitions,
    FieldType,
    ParsedSection,
    ParsedValue,
    ReadContext,
    Schema,
    describe_node,
    empty_as_mapping,
    field_name,
)
from gateway.config.source.nodes import ListNode, MappingNode, Node, ScalarNode
from gateway.config.source.problem import SourcePosition, join, shorten
from gateway.core.text.nearest import nearest


@dataclass(eq=False, repr=False)
class Field:
    """A key of a section, with all that the reference page shows of it."""

    name: str
    field_type: FieldType
    meaning: str
    default: str = ""
    example: str = ""
    required: bool = False


@dataclass(eq=False, repr=False)
class Section:
    """Keys, each with a meaning; an unknown one is an error. Read as a ParsedSection.

    `elsewhere` explains keys that are written differently here, such as Alertmanager's.
    """

    name: str
    meaning: str
    fields: tuple[Field, ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False  # whether it may be empty

    @property
    def type_name(self) -> str:
        return self.name

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, ScalarNode) and node.empty and not self.optional:
            return None
        node = empty_as_mapping(node) if self.optional else node
        position = SourcePosition(node.line, node.column, path)
        if not isinstance(node, MappingNode):
            message = f"{field_name(path)}: a mapping belongs here, not {describe_node(node)}"
            keys = [one.name for one in self.fields]
            first = next((one.name for one in self.fields if one.required), None)
            message += f"; write {{{first}: …}}" if first and path else ""
            if isinstance(node, ListNode) and path.endswith("]"):
                message += '; one "- " is enough'
            context.findings.error(position, message, allowed=keys)
            return None
        before = context.findings.count
        by_name = {one.name: one for one in self.fields}
        values: dict[str, ParsedValue] = {}
        invalid_keys: set[str] = set()
        for name, (key, value) in node.entries.items():
            before_colon = name.partition(":")[0]
            if name not in by_name and before_colon in by_name and before_colon != name:
                message = f'a space is missing after the colon: write "{before_colon}: …"'
                context.error(key, join(path, before_colon), message)
                invalid_keys.add(before_colon)
                continue
            one = self.field_of(key, value, join(path, name), context)
            if one is None:
                continue
            faults = context.findings.count
            result = one.field_type.read(value, join(path, name), context)
            if result is not None:
                values[name] = result
            elif context.findings.count > faults:
                invalid_keys.add(name)
        for one in self.fields:
            if one.required and one.name not in values and one.name not in invalid_keys:
                self._note_missing(one.name, node, path, context)
        valid = context.findings.count == before
        return ParsedValue(
            ParsedSection(position, values, valid, frozenset(invalid_keys)), position
        )

    def field_of(
        self, key: ScalarNode, value: Node, path: str, context: ReadContext
    ) -> Field | None:
        """Return the field of a key; None for an unknown key, which is noted."""
        by_name = {one.name: one for one in self.fields}
        if key.text not in by_name:
            self._note_unknown(key, path, by_name, context)
        return by_name.get(key.text)

    def _note_missing(self, name: str, node: MappingNode, path: str, context: ReadContext) -> None:
        if name not in node.entries:
            context.error(node, path, f'{self.name}: "{name}" is missing')
            return
        message = f'{self.name}: "{name}" is empty'
        if any(
            one.name == name and isinstance(one.field_type, Text | OrLabels) for one in self.fields
        ):
            # "channel: #alerts" has no value in YAML.
            hint = "; a value that begins with # must be quoted, or it is a comment"
        else:
            hint = "; what belongs to it stands below it, indented"
        context.error(node.entries[name].key, join(path, name), message + hint)

    def _note_unknown(
        self, key: ScalarNode, path: str, known: Mapping[str, Field], context: ReadContext
    ) -> None:
        name = key.text
        message = f'unknown key "{shorten(name)}" in {self.name}'
        if name in self.elsewhere:
            context.error(key, path, f"{message}: {self.elsewhere[name]}", text=name)
        else:
            near = nearest(name, known)
            context.error(key, path, message, text=name, suggestion=near, allowed=known)

    def schema(self, known: Definitions) -> Schema:
        key = self.name.replace(" ", "_")
        reference: Schema = {"$ref": f"#/definitions/{key}"}
        if key not in known:
            known[key] = {}  # a section may be inside itself
            known[key] = self.definition(known)
        return {"anyOf": [reference, {"type": "null"}]} if self.optional else reference

    def definition(self, known: Definitions) -> Schema:
        """Return the JSON Schema of the section itself, not a reference to it."""
        properties: Schema = {}
        for one in self.fields:
            properties[one.name] = {**one.field_type.schema(known), "description": one.meaning}
        required = [one.name for one in self.fields if one.required]
        definition: Schema = {
            "type": "object",
            "description": self.meaning,
            "properties": properties,
            "additionalProperties": False,
        }
        return {**definition, "required": required} if required else definition


@dataclass(eq=False, repr=False)
class TextOrSection:
    """A text, or a mapping with more to say, read as one of the two."""

    text: FieldType
    section: Section

    @property
    def type_name(self) -> str:
        return f"{self.text.type_name}, or {self.section.type_name}"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        chosen: FieldType = self.section if isinstance(node, MappingNode) else self.text
        return chosen.read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [self.text.schema(known), self.section.schema(known)]}


@dataclass(eq=False, repr=False)
class SectionOrList:
    """A section, or the list that is its main key. Read as a ParsedSection."""

    several: ListOf
    key: str
    section: Section

    @property
    def type_name(self) -> str:
        return f"{self.section.type_name}, or only its {self.key}"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if not isinstance(node, ListNode):
            return self.section.read(node, path, context)
        before = context.findings.count
        result = self.several.read(node, path, context)
        if result is None:
            return None
        valid = context.findings.count == before
        return ParsedValue(
            ParsedSection(result.position, {self.key: result}, valid), result.position
        )

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [self.several.schema(known), self.section.schema(known)]}


@dataclass(eq=False, repr=False)
class Recursive:
    """A section inside itself, such as the routes of a route."""

    section: Callable[[], Section]

    @property
    def type_name(self) -> str:
        return self.section().type_name

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        return self.section().read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return self.section().schema(known)
