"""The grammar of `channels:`: accounts by name, each with the keys of its type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.config.grammar.channels.common import TYPE, ChannelGrammar
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.parsed import Definitions, ReadContext, Schema
from gateway.config.grammar.sections import Field, Section
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import join, shorten
from gateway.core.text.nearest import nearest

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
"""Names of accounts: parts of URLs, and with "/" and ":" of the keys of targets."""


def with_type(account: Field) -> Field:
    """Return the field of an account with the key `type` added to its section."""
    section = account.field_type
    assert isinstance(section, Section)
    type_field = Field(
        TYPE,
        Choice((account.name,)),
        "The channel that it is an account of; needed where the account has another name.",
        "the account's name",
        account.name,
    )
    return replace(account, field_type=replace(section, fields=(type_field, *section.fields)))


@dataclass(eq=False, repr=False)
class Accounts(Section):
    """Accounts by name; `fields` are those of each type, under the type's own name."""

    def field_of(
        self, key: ScalarNode, value: Node, path: str, context: ReadContext
    ) -> Field | None:
        """Return the field of the account's type; None for an unknown one, which is noted."""
        by_type = {one.name: one for one in self.fields}
        written = value.entries.get(TYPE) if isinstance(value, MappingNode) else None
        type_ = written.value if written is not None else None
        type_name = type_.text if isinstance(type_, ScalarNode) else ""
        name = key.text
        if name in by_type:
            if isinstance(type_, ScalarNode) and type_name in by_type and type_name != name:
                message = f'an account of {type_name} must not be called "{name}", which is a type'
                context.error(type_, join(path, TYPE), message, text=type_name)
                return None
            return by_type[name]
        if isinstance(type_, ScalarNode) and not type_.empty:
            return self._typed(key, type_, by_type, path, context)
        message = f'unknown key "{shorten(name)}" in {self.name}'
        near = nearest(name, by_type)
        if isinstance(value, MappingNode) and near is None:
            message += (
                f"; an account with a name of its own needs type: one of {', '.join(by_type)}"
            )
            context.error(key, path, message, text=name)
        else:
            context.error(key, path, message, text=name, suggestion=near, allowed=by_type)
        return None

    def _typed(
        self,
        key: ScalarNode,
        type_: ScalarNode,
        by_type: Mapping[str, Field],
        path: str,
        context: ReadContext,
    ) -> Field | None:
        if _NAME.fullmatch(key.text) is None:
            message = (
                f'"{shorten(key.text)}" cannot be the name of an account: letters, digits, "-", '
                '"_" and "." make one, such as slack-eu'
            )
            context.error(key, path, message, text=key.text)
            return None
        field = by_type.get(type_.text)
        if field is None:
            context.error(
                type_,
                join(path, TYPE),
                f'type: "{shorten(type_.text)}" is not known',
                text=type_.text,
                suggestion=nearest(type_.text, by_type),
                allowed=by_type,
            )
        return field

    def definition(self, known: Definitions) -> Schema:
        """Return the JSON Schema: the types' own names, and other names with a type."""
        typed = [
            {"allOf": [one.field_type.schema(known), {"type": "object", "required": [TYPE]}]}
            for one in self.fields
        ]
        return {**super().definition(known), "additionalProperties": {"anyOf": typed}}


def accounts(grammars: Mapping[str, ChannelGrammar]) -> Accounts:
    """Return the grammar of `channels:`."""
    return Accounts(
        "channels",
        "The accounts that messages are sent with, by name. An account that is called like its "
        "type needs no `type`. Any other name takes one, so there can be several accounts of one "
        "type: `slack-eu: {type: slack, token: …}`.",
        tuple(with_type(grammar.account) for grammar in grammars.values()),
    )
