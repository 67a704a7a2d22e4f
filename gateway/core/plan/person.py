"""People and the contacts that reach them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a person.

    `address` is as in a target: where it is a secret, the reference that `Config.secrets` resolves.
    """

    name: str  # what `by:` calls it
    channel: str  # a key of `gateway.core.plan.channels.CHANNELS`
    address: str
    account: str  # a key under channels:, the one that messages are sent with


NO_CONTACTS: Mapping[str, Contact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be notified; `id` is the key under people:.

    `contacts` are by name, in the order in which they are used where neither rules nor a step's
    `by` say which.
    """

    id: str
    name: str
    contacts: Mapping[str, Contact] = field(default_factory=lambda: NO_CONTACTS)
    timezone: str = "UTC"

    def has_address(self, account: str, address: str) -> bool:
        """Return whether one of the contacts is this address at this account."""
        return any(
            contact.account == account and contact.address == address
            for contact in self.contacts.values()
        )
