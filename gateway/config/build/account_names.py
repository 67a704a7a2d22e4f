"""The names of accounts that a file declares, and which of them a target uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from gateway.config.build.providers import is_installed
from gateway.config.grammar.channels import GRAMMARS
from gateway.config.grammar.channels.common import TYPE
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.config.source.references import SecretText
from gateway.core.plan.channels import CHANNELS, ChannelSpec
from gateway.core.text.nearest import nearest


@dataclass(frozen=True, slots=True)
class AccountNames:
    """Accounts with the types that they are of, in the order of the file.

    They include accounts with errors, so that no use of them is an error as well. The accounts
    that need no entry under `channels:` are left out.
    """

    types: Mapping[str, str]
    only_post: frozenset[str] = frozenset()
    """Accounts whose credential only posts to a channel, so that they reach no person."""
    named: Mapping[str, Mapping[str, SecretText]] = field(default_factory=dict)
    """Addresses by name, by account; accounts with errors are left out."""

    def with_addresses(self, channels: ParsedSection | None) -> Self:
        """Return these with the addresses that the parsed `channels:` give names."""
        named = {}
        for account, type_ in self.types.items():
            key = GRAMMARS[type_].named
            entry = None if channels is None else channels.get(account)
            if key is not None and isinstance(entry, ParsedSection) and entry.valid:
                named[account] = {name: one.value for name, one in entry.map_of(key).items()}
        return replace(self, named=named)

    def address_of(
        self, account: str, name: str, position: SourcePosition, findings: Findings
    ) -> SecretText | None:
        """Return the address that a name stands for; None for an unknown one, which is noted.

        Nothing is noted of an account with errors, which are noted already.
        """
        if account in self.types and account not in self.named:
            return None
        known = self.named.get(account, {})
        if name in known:
            return known[name]
        key = GRAMMARS[self.type_of(account) or account].named
        message = f'"{shorten(name)}" is no URL, and account {account} has no {key}: of that name'
        findings.error(
            position, message, text=name, suggestion=nearest(name, known), allowed=list(known)
        )
        return None

    def of_type(self, channel: str) -> list[str]:
        """Return the declared accounts of a channel."""
        return [name for name, type_ in self.types.items() if type_ == channel]

    def exists(self, name: str) -> bool:
        """Return whether there is such an account, declared or not."""
        spec = CHANNELS.get(name)
        if name in self.types:
            return True
        return spec is not None and not spec.needs_account and is_installed(spec)

    def type_of(self, name: str) -> str | None:
        """Return the channel of an account; None for an unknown one."""
        return self.types.get(name) or (name if self.exists(name) else None)

    def choices(self, channel: str) -> list[str]:
        """Return the accounts of a channel that a target may use."""
        own = [channel] if self.exists(channel) else []
        return list(dict.fromkeys([*own, *self.of_type(channel)]))

    def default(self, channel: str) -> str | None:
        """Return the account of targets that name none; None where they must name one.

        It is the account called like the channel, else the only one. Without any it is the one
        called like the channel, which does not exist.
        """
        declared = self.of_type(channel)
        if self.exists(channel) or not declared:
            return channel
        return declared[0] if len(declared) == 1 else None

    def choose(
        self,
        spec: ChannelSpec,
        reference: ParsedValue | None,
        position: SourcePosition,
        findings: Findings,
    ) -> str:
        """Return the account of a target; note an error where there is none.

        `reference` is what the target says under `account`, if anything.
        """
        name = spec.name
        if reference is not None:
            return self._named(spec, reference, findings)
        account = self.default(name)
        if account is None:
            choices = " or ".join(self.of_type(name))
            message = f"{name}: there are several accounts; say which: account: {choices}"
            findings.error(position, message)
        elif not self.exists(account):
            message = f"{name}: there is no account for it; declare it under channels: {name}:"
            findings.error(position, message)
        return account or name

    def _named(self, spec: ChannelSpec, reference: ParsedValue, findings: Findings) -> str:
        account = str(reference.value)
        type_ = self.type_of(account)
        if type_ == spec.name:
            return account
        choices = self.choices(spec.name)
        if type_ is None:
            message = f'account: unknown account "{shorten(account)}"'
        else:
            message = f'account: "{shorten(account)}" is an account of {type_}, not of {spec.name}'
        if not choices:
            message += f"; declare one under channels: {shorten(account)}: {{type: {spec.name}}}"
        near = nearest(account, choices) if type_ is None else None
        text = reference.raw or account
        findings.error(reference.position, message, text=text, suggestion=near, allowed=choices)
        return spec.name


def account_names(tree: Node) -> AccountNames:
    """Return the accounts that the tree of a file declares, valid or not."""
    entry = tree.entries.get("channels") if isinstance(tree, MappingNode) else None
    if entry is None or not isinstance(entry.value, MappingNode):
        return AccountNames({})
    nodes = {name: node for name, (_, node) in entry.value.entries.items()}
    types = {name: type_ for name, node in nodes.items() if (type_ := _type_of(name, node))}
    types = {name: type_ for name, type_ in types.items() if type_ in CHANNELS}
    only_post = [name for name, type_ in types.items() if _only_posts(type_, nodes[name])]
    return AccountNames(types, frozenset(only_post))


def _only_posts(type_: str, node: Node) -> bool:
    return isinstance(node, MappingNode) and CHANNELS[type_].posting_key in node.entries


def _type_of(name: str, node: Node) -> str:
    if name in CHANNELS or not isinstance(node, MappingNode) or TYPE not in node.entries:
        return name
    type_ = node.entries[TYPE].value
    return type_.text if isinstance(type_, ScalarNode) else ""
