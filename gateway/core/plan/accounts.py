"""Settings of sources and channels, with secrets that cannot be printed by accident."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.plan.json_mapping import JsonMapping
from gateway.core.plan.mail_rules import MailRule

EACH_TARGET = "each target"
"""Why a console stands in for a channel: each target of it lacks a variable of its own."""


class Secret:
    """A value that does not appear in repr, str, format or an error."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the code that sends it."""
        return self._value

    def matches(self, candidate: str) -> bool:
        """Return whether `candidate` is this value, compared in constant time."""
        return hmac.compare_digest(
            self._value.encode("utf-8", "surrogateescape"),
            candidate.encode("utf-8", "surrogateescape"),
        )

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other._value)

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One entry under sources: who may post to /webhook/NAME, and with which credentials.

    Without credentials the source is open; `check` warns about that. Several may be set at once
    (an old and a new token while one is being replaced): any of them is enough.

    `labels` are given to its alerts that have none of these names. `allow_test`: whether the label
    test="true" of its alerts counts; see `gateway.core.alerts.test_alerts`.
    """

    name: str
    type: str  # a key of SOURCE_SPECS
    bearer: tuple[Secret, ...] = ()
    basic: tuple[tuple[str, Secret], ...] = ()
    hmac: tuple[Secret, ...] = ()  # of an HMAC-SHA256, see Scheme
    hmac_headers: tuple[str, ...] = ("X-Signature",)  # the signature is in any of them
    hmac_timestamp_header: str = ""  # the signed time, Unix seconds; empty: none is signed
    url_token: tuple[Secret, ...] = ()  # the last part of the path, for senders without headers
    max_bytes: int = 32 * 1024 * 1024
    resolve_timeout: float | None = None  # seconds; None: as the kind of source has it
    topics: tuple[str, ...] = ()  # ARNs that may post, of type sns
    max_per_minute: int | None = None  # posts; more are answered 503
    expect_every: float | None = None  # seconds: silent for longer, SourceSilent fires
    labels: Mapping[str, str] = field(default_factory=dict)
    allow_test: bool = False
    severity_label: str = "severity"  # the plan's, for senders that have levels in place of labels
    tags: tuple[str, ...] | None = None  # Sentry's that become labels; None: the usual ones
    levels: Mapping[str, str] = field(default_factory=dict)  # severities by Sentry's level
    mapping: JsonMapping | None = None  # of type json
    api_key: Secret | None = None  # of type stripe: reads its webhook endpoints
    mail_rules: tuple[MailRule, ...] = ()  # of type email; without any, every mail is an alert

    @property
    def credentials(self) -> tuple[str, ...]:
        """Return the keys that say who may post; none: anybody may."""
        keys = ("bearer", "basic", "hmac", "url_token", "topics")
        return tuple(key for key in keys if getattr(self, key))

    @property
    def open(self) -> bool:
        """Whether anybody may post."""
        return not self.credentials


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One entry under channels: an account. `options` are plain values, `secrets` wrapped ones.

    `type` is the channel that it is an account of; empty, it becomes the account's name.
    `callbacks` has the credentials of what its vendor posts back; None: that is refused.
    `only_posts`: its credential posts to a channel and does nothing else, as an incoming webhook.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    type: str = ""
    callbacks: SourceSettings | None = None
    only_posts: bool = False

    def __post_init__(self) -> None:
        if not self.type:
            object.__setattr__(self, "type", self.name)

    @property
    def account_key(self) -> str:
        """Its identity, see `account_key`."""
        return account_key(self.type, self.name)


def account_key(channel: str, account: str) -> str:
    """Return the identity of an account: its channel and, unless named like it, its name.

    It is stored with notices and holds, so it names the channel of an account that routes.yaml no
    longer has. The names of accounts have no "/" and no ":".
    """
    return channel if account == channel else f"{channel}/{account}"


def split_account_key(key: str) -> tuple[str, str]:
    """Return the channel and the name of an account; undo `account_key`."""
    channel, slash, account = key.partition("/")
    return channel, account if slash else channel
