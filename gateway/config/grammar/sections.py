"""Lists, mappings and sections: values that are made of other values.

A section knows all of its keys, with their meaning: what is not among them is a fault.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.config.grammar.field_types import (
    Definitions,
    FieldType,
    ParsedSection,
    ParsedValue,
    ReadContext,
    Schema,
    Text,
    named,
    shape,
)
from gateway.config.source import tree
from gateway.config.source.problem import SourcePosition, join, nearest, shorten
from gateway.config.source.tree import Node, Scalar


@dataclass(eq=False, repr=False)
class ListOf:
    """A list; with `or_one` a single member may stand for the list of it. Givens in a tuple."""

    member: FieldType
    or_one: bool = False

    @property
    def type_name(self) -> str:
        return (
            f"{self.member.type_name}, or a list of them"
            if self.or_one
            else (f"list of: {self.member.type_name}")
        )

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, Scalar) and node.empty:
            return None
        position = SourcePosition(node.line, node.column, path)
        if not isinstance(node, tree.Sequence):
            if self.or_one:
                one = self.member.read(node, path, context)
                return None if one is None else ParsedValue((one,), position)
            said = f"{named(path)}: a list belongs here, not {shape(node)}"
            if isinstance(node, tree.Mapping) and next(iter(node.entries), "")[:1] == "-":
                said += ": the dash needs a space after it"
            else:
                said += "; write [ … ] or lines that begin with -"
            context.findings.error(position, said)
            return None
        members = []
        for at, item in enumerate(node.items):
            where = join(path, at)
            if isinstance(item, Scalar) and item.empty:
                context.fault(
                    item, where, f"{named(where)}: empty; {self.member.type_name} belongs here"
                )
                continue
            given = self.member.read(item, where, context)
            if given is not None:
                members.append(given)
        return ParsedValue(tuple(members), position)

    def schema(self, known: Definitions) -> Schema:
        member = self.member.schema(known)
        several: Schema = {"type": ["array", "null"], "items": member}
        return {"anyOf": [member, several]} if self.or_one else several


@dataclass(eq=False, repr=False)
class MapOf:
    """A mapping from names to values of one kind. Givens in a dict; a name with nothing after
    it is a section with nothing said in it, where the member is a section."""

    name: str
    member: FieldType
    blank_member: bool = False

    @property
    def type_name(self) -> str:
        return f"mapping from {self.name} to {self.member.type_name}"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, Scalar) and node.empty:
            return None
        position = SourcePosition(node.line, node.column, path)
        if not isinstance(node, tree.Mapping):
            said = f"{named(path)}: a mapping belongs here, not {shape(node)}"
            context.findings.error(position, f"{said}; write {self.name}: {self.member.type_name}")
            return None
        members: dict[str, ParsedValue] = {}
        for name, (key, item) in node.entries.items():
            where = join(path, name)
            if not name.strip():
                context.fault(key, where, f"{named(path)}: {self.name} must not be empty")
                continue
            given = self.member.read(_opened(item, self.blank_member), where, context)
            if given is not None:
                # The name is what the messages about the member point to.
                at = SourcePosition(key.line, key.column, where)
                at = at if isinstance(given.value, ParsedSection) else given.position
                members[name] = ParsedValue(given.value, at, given.raw)
            elif isinstance(item, Scalar) and item.empty:
                context.fault(
                    key, where, f"{named(where)}: empty; {self.member.type_name} belongs here"
                )
        return ParsedValue(members, position)

    def schema(self, known: Definitions) -> Schema:
        return {"type": ["object", "null"], "additionalProperties": self.member.schema(known)}


@dataclass(eq=False, repr=False)
class Field:
    """A key of a section: what it may be, what it means, its default and an example in words."""

    name: str
    kind: FieldType
    meaning: str
    default: str = ""
    example: str = ""
    required: bool = False


@dataclass(eq=False, repr=False)
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
    def type_name(self) -> str:
        return self.name

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, Scalar) and node.empty and not self.optional:
            return None
        node = _opened(node, self.optional)
        position = SourcePosition(node.line, node.column, path)
        if not isinstance(node, tree.Mapping):
            said = f"{named(path)}: a mapping belongs here, not {shape(node)}"
            keys = [one.name for one in self.fields]
            first = next((one.name for one in self.fields if one.required), None)
            said += f"; write {{{first}: …}}" if first and path else ""
            if isinstance(node, tree.Sequence) and path.endswith("]"):
                said += '; one "- " is enough'
            context.findings.error(position, said, allowed=keys)
            return None
        before = context.findings.count
        by_name = {one.name: one for one in self.fields}
        given: dict[str, ParsedValue] = {}
        faulty: set[str] = set()
        for name, (key, value) in node.entries.items():
            if name not in by_name:
                before_colon = name.partition(":")[0]
                if before_colon in by_name and before_colon != name:
                    said = f'a space is missing after the colon: write "{before_colon}: …"'
                    context.fault(key, join(path, before_colon), said)
                    faulty.add(before_colon)
                else:
                    self._unknown(key, join(path, name), by_name, context)
                continue
            faults = context.findings.count
            found = by_name[name].kind.read(value, join(path, name), context)
            if found is not None:
                given[name] = found
            elif context.findings.count > faults:
                faulty.add(name)
        for one in self.fields:
            if one.required and one.name not in given and one.name not in faulty:
                self._missing(one.name, node, path, context)
        sound = context.findings.count == before
        return ParsedValue(ParsedSection(position, given, sound, frozenset(faulty)), position)

    def _missing(self, name: str, node: tree.Mapping, path: str, context: ReadContext) -> None:
        if name not in node.entries:
            context.fault(node, path, f'{self.name}: "{name}" is missing')
            return
        said = f'{self.name}: "{name}" is empty'
        if any(one.name == name and isinstance(one.kind, Text) for one in self.fields):
            # "channel: #alerts" says nothing in YAML.
            hint = "; a value that begins with # must be quoted, or it is a comment"
        else:
            hint = "; what belongs to it stands below it, indented"
        context.fault(node.entries[name][0], join(path, name), said + hint)

    def _unknown(
        self, key: Scalar, path: str, known: Mapping[str, Field], context: ReadContext
    ) -> None:
        name = key.text
        said = f'unknown key "{shorten(name)}" in {self.name}'
        if name in self.elsewhere:
            context.fault(key, path, f"{said}: {self.elsewhere[name]}", text=name)
        else:
            near = nearest(name, known)
            context.fault(key, path, said, text=name, suggestion=near, allowed=known)

    def schema(self, known: Definitions) -> Schema:
        key = self.name.replace(" ", "_")
        reference: Schema = {"$ref": f"#/definitions/{key}"}
        if key not in known:
            known[key] = {}  # a section may hold itself
            known[key] = self.definition(known)
        return {"anyOf": [reference, {"type": "null"}]} if self.optional else reference

    def definition(self, known: Definitions) -> Schema:
        """The JSON Schema of the section itself, not a reference to it."""
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


@dataclass(eq=False, repr=False)
class SectionOrList:
    """A section, or only the list that is its most important key. An Entry either way."""

    several: ListOf
    key: str
    section: Section

    @property
    def type_name(self) -> str:
        return f"{self.section.type_name}, or only its {self.key}"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if not isinstance(node, tree.Sequence):
            return self.section.read(node, path, context)
        before = context.findings.count
        given = self.several.read(node, path, context)
        if given is None:
            return None
        sound = context.findings.count == before
        return ParsedValue(ParsedSection(given.position, {self.key: given}, sound), given.position)

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


def _opened(node: Node, blank: bool) -> Node:
    if blank and isinstance(node, Scalar) and node.empty:
        return tree.Mapping(node.line, node.column, {}, 1)
    return node
