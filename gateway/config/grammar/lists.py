"""Field types of lists, and of mappings from names to values."""

from dataclasses import dataclass

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
from gateway.config.source.problem import SourcePosition, join


@dataclass(eq=False, repr=False)
class ListOf:
    """A list of values of one type, read as a tuple of parsed values.

    With `or_one` a single value may stand for the list of it.
    """

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
        if isinstance(node, ScalarNode) and node.empty:
            return None
        position = SourcePosition(node.line, node.column, path)
        if not isinstance(node, ListNode):
            if self.or_one:
                one = self.member.read(node, path, context)
                return None if one is None else ParsedValue((one,), position)
            message = f"{field_name(path)}: a list belongs here, not {describe_node(node)}"
            if isinstance(node, MappingNode) and next(iter(node.entries), "")[:1] == "-":
                message += ": the dash needs a space after it"
            else:
                message += "; write [ … ] or lines that begin with -"
            context.findings.error(position, message)
            return None
        members = []
        for at, item in enumerate(node.items):
            item_path = join(path, at)
            if isinstance(item, ScalarNode) and item.empty:
                context.error(
                    item,
                    item_path,
                    f"{field_name(item_path)}: empty; {self.member.type_name} belongs here",
                )
                continue
            result = self.member.read(item, item_path, context)
            if result is not None:
                members.append(result)
        return ParsedValue(tuple(members), position)

    def schema(self, known: Definitions) -> Schema:
        member = self.member.schema(known)
        several: Schema = {"type": ["array", "null"], "items": member}
        return {"anyOf": [member, several]} if self.or_one else several


@dataclass(eq=False, repr=False)
class MapOf:
    """A mapping from names to values of one type, read as a dict of parsed values.

    With `blank_member` a name without a value is a section without keys.
    """

    name: str
    member: FieldType
    blank_member: bool = False

    @property
    def type_name(self) -> str:
        return f"mapping from {self.name} to {self.member.type_name}"

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, ScalarNode) and node.empty:
            return None
        position = SourcePosition(node.line, node.column, path)
        if not isinstance(node, MappingNode):
            message = f"{field_name(path)}: a mapping belongs here, not {describe_node(node)}"
            context.findings.error(
                position, f"{message}; write {self.name}: {self.member.type_name}"
            )
            return None
        members: dict[str, ParsedValue] = {}
        for name, (key, item) in node.entries.items():
            item_path = join(path, name)
            if not name.strip():
                context.error(key, item_path, f"{field_name(path)}: {self.name} must not be empty")
                continue
            result = self.member.read(
                empty_as_mapping(item) if self.blank_member else item, item_path, context
            )
            if result is not None:
                # The name is what the messages about the member point to.
                at = SourcePosition(key.line, key.column, item_path)
                at = at if isinstance(result.value, ParsedSection) else result.position
                members[name] = ParsedValue(result.value, at, result.raw)
            elif isinstance(item, ScalarNode) and item.empty:
                context.error(
                    key,
                    item_path,
                    f"{field_name(item_path)}: empty; {self.member.type_name} belongs here",
                )
        return ParsedValue(members, position)

    def schema(self, known: Definitions) -> Schema:
        return {"type": ["object", "null"], "additionalProperties": self.member.schema(known)}
