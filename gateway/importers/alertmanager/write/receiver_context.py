"""The context of a receiver's translation, and what its targets have in common."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import SourcePosition
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import CHANNELS
from gateway.importers.alertmanager.read.rules import is_set, join_keys
from gateway.importers.alertmanager.read.source_config import SourceConfig
from gateway.importers.alertmanager.write.label_addresses import LabelAddress, fixed_address
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.emit import Block, Remark, escape_references

WITHOUT_RESOLVED = frozenset({"email", "slack", "rocketchat", "wechat"})
"""Kinds whose `send_resolved` is false in Alertmanager by default (config/notifiers.go)."""

PLACEHOLDER = "placeholder"
_REQUEST = (
    "tls_config", "proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header",
    "http_headers", "follow_redirects", "enable_http2",
)  # fmt: skip
_CREDENTIALS = ("basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file")


class TranslatedTarget(NamedTuple):
    """A target of the new file, and the remarks about it. The block may be empty."""

    block: Block
    remarks: list[Remark]


@dataclass(slots=True)
class ReceiverContext:
    """The receiver that is translated: its name, the global section, the notes, the file.

    `accounts` return the account that an integration sends with, by its kind.
    """

    receiver: str
    general: ParsedSection
    notes: Notes
    source_config: SourceConfig | None = None
    accounts: Mapping[str, Callable[[ParsedSection], str]] = field(default_factory=dict)

    def add_account(self, kind: str, entry: ParsedSection, block: Block) -> None:
        """Set ``account`` where it is not the one that is called like its channel."""
        name = self.accounts[kind](entry) if kind in self.accounts else kind
        if name != kind:
            block.add("account", name)

    def add_send_resolved(self, kind: str, entry: ParsedSection, block: Block) -> None:
        """Set ``send_resolved: false`` where the file or Alertmanager's default says so."""
        if not entry.get("send_resolved", kind not in WITHOUT_RESOLVED):
            block.add("send_resolved", value=False)

    def secret(
        self, name: str, meaning: str, position: SourcePosition, value: Secret, placeholder: str
    ) -> str:
        """Return a reference that replaces a secret."""
        meaning = f"{meaning} of receiver {self.receiver}"
        return self.notes.variable(name, meaning, position, placeholder, value)

    def file(self, name: str, entry: ParsedSection, key: str, placeholder: str) -> str:
        """Return a reference to the file that a key names."""
        path = entry.get(key)
        if "}" in path or ":-" in path or not path.isprintable():
            meaning = f"the content of the {key} of receiver {self.receiver}"
            return self.notes.variable(name, meaning, entry.position_of(key), placeholder)
        if not path.startswith("/"):
            meaning = "the path begins at the folder of routes.yaml, not at Alertmanager's own"
            self.notes.add_difference(entry.position_of(key), f"{key}: {meaning}")
        return f"${{file:{path}}}"

    def otherwise(self, kind: str, address: LabelAddress, position: SourcePosition) -> str:
        """Return the address of alerts whose labels make none.

        It is that of the template, else a fixed one of the root route's receiver, else a variable.
        """
        known = address.otherwise
        if not known and self.source_config is not None:
            root = self.source_config.root.receiver
            known = fixed_address(self.source_config.entry, kind, root)
        if known:
            return escape_references(known)
        spec, labels = CHANNELS[kind], join_keys(list(address.labels))
        meaning = f"where {spec.label} goes if {labels} is missing, for receiver {self.receiver}"
        name = f"{kind}_{self.receiver}_otherwise"
        return self.notes.variable(name, meaning, position, spec.sample_address)

    def own_or_file(
        self, name: str, entry: ParsedSection, key: str, placeholder: str
    ) -> str | None:
        """Return a reference to the secret of a key or of its twin with _file, or None."""
        if key in entry:
            return self.secret(name, key, entry.position_of(key), entry.get(key), placeholder)
        if is_set(entry, f"{key}_file"):
            return self.file(name, entry, f"{key}_file", placeholder)
        return None

    def request_remarks(
        self, entry: ParsedSection, translated_keys: tuple[str, ...] = ()
    ) -> Iterator[Remark]:
        """Note what of a receiver's own `http_config` has no counterpart.

        Keys in `translated_keys` have one.
        """
        config: ParsedSection | None = entry.get("http_config")
        if config is None:
            return
        keys = [
            key
            for key in (*_CREDENTIALS, *_REQUEST)
            if key in config and key not in translated_keys
        ]
        if keys:
            reason = "not a target's own here; a proxy is its account's: channels: …: proxy:"
            yield self.notes.add_lost(config.position, f"http_config: {join_keys(keys)}: {reason}")
