"""Targets: addresses on channels that notices are sent to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.core.plan.accounts import account_key

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Target:
    """An address on a channel that notices are sent to.

    `address` is an e-mail address, a Slack channel or user, or for secrets (PagerDuty routing
    keys, webhook URLs) the *reference* that Plan.secrets resolves: it is safe to store and show.
    `account` is a key of `channels:`; empty, it becomes the account named like the channel.
    """

    channel: str  # a key of `gateway.core.plan.channels.CHANNELS`
    address: str
    person: str | None = None
    options: Mapping[str, str] = field(default_factory=lambda: NOTHING)  # unhashable in 3.11
    account: str = ""

    def __post_init__(self) -> None:
        if not self.account:
            object.__setattr__(self, "account", self.channel)

    @property
    def account_key(self) -> str:
        """The identity of its account, see `gateway.core.plan.accounts.account_key`."""
        return account_key(self.channel, self.account)

    @property
    def key(self) -> str:
        """The target's identity: same account and address, same target."""
        return f"{account_key(self.channel, self.account)}:{self.address}"

    @property
    def send_resolved(self) -> bool:
        """False where routes.yaml says `send_resolved: false`, as in Alertmanager."""
        return self.options.get("send_resolved") != "false"

    @property
    def copies(self) -> tuple[str, ...]:
        """Further addresses that get the same message, and see each other."""
        copies = self.options.get("cc", "")
        return tuple(copies.split(", ")) if copies else ()

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that the file adds to its messages: texts with substitutions, by name."""
        headers = self.options.get("headers", "")
        return json.loads(headers) if headers else NOTHING
