"""People: the contacts that reach them, their notification rules and quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from gateway.core.oncall.announced import REMIND, Remind
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.time.quiet_hours import QuietHours
from gateway.core.time.spans import Span


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a person.

    `address` is as in a target: where it is a secret, the reference that `Config.secrets` resolves.
    """

    name: str  # what `by:` calls it
    channel: str  # a key of `gateway.core.plan.channels.CHANNELS`
    address: str
    account: str  # a key under channels:, the one that messages are sent with


@dataclass(frozen=True, slots=True)
class PersonalRule:
    """A personal notification rule: use the contact `by` this long after the person was reached."""

    by: str  # the name of a contact
    after: float = 0.0  # seconds


PersonalRules = tuple[PersonalRule, ...]


@lru_cache(maxsize=1024)
def _at_once(contact: str) -> PersonalRule:
    """Return the rule for a contact of a step; decisions need it often, and names are few."""
    return PersonalRule(contact)


NO_CONTACTS: Mapping[str, Contact] = MappingProxyType({})
NO_MENTIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be notified; `id` is the key under people:.

    `contacts` are by name, in the order in which they are used where neither rules nor a step's
    `by` say which. Rules are in the order of their times; None where the person has none of their
    own, so that the step's `by` applies.
    """

    id: str
    name: str
    contacts: Mapping[str, Contact] = field(default_factory=lambda: NO_CONTACTS)
    timezone: str = "UTC"
    urgent_rules: PersonalRules | None = None
    other_rules: PersonalRules | None = None
    quiet_hours: QuietHours | None = None
    remind: Remind = REMIND
    away: tuple[Span, ...] = ()  # sorted and disjoint: when the person cannot be on call
    mentions: Mapping[str, str] = field(default_factory=lambda: NO_MENTIONS)
    """The ids by which accounts mention the person that are no contacts, by account."""

    def has_address(self, account: str, address: str) -> bool:
        """Return whether a contact or a mention is this address at this account."""
        if self.mentions.get(account) == address:
            return True
        return any(
            contact.account == account and contact.address == address
            for contact in self.contacts.values()
        )

    def mention_at(self, account: str) -> str:
        """Return the id by which an account can mention the person, empty if it cannot."""
        for contact in self.contacts.values():
            if contact.account == account and spec_of(contact.channel).can(Capability.MENTIONS):
                return contact.address
        return self.mentions.get(account, "")

    def rules(self, *, urgent: bool, by: tuple[str, ...] = ()) -> PersonalRules:
        """Return the rules that apply: the person's own, else the contacts `by`, all at once.

        An empty `by` stands for all contacts. The rules name only contacts that the person has.
        """
        own = self.urgent_rules if urgent else self.other_rules
        if own is not None:
            return own
        return tuple([_at_once(name) for name in by or self.contacts if name in self.contacts])

    def quiet_until(self, at: float, *, urgent: bool) -> float | None:
        """Return until when a notification that is due at `at` waits; None if it does not."""
        if urgent or self.quiet_hours is None:
            return None
        return self.quiet_hours.end_after(at)
