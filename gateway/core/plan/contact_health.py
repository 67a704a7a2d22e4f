"""Addresses that are known not to work: which targets they belong to, and what to say of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.plan.channels import CHANNELS, AddressKind
from gateway.core.plan.person import Contact, Person
from gateway.core.plan.plan import Plan, Target
from gateway.core.plan.recipients import contact_target


@dataclass(frozen=True, slots=True)
class UnusableContact:
    """A target that refuses messages or returns them; instants are Unix seconds.

    `key` is that of the target. `reason` is a vendor's text or the gateway's, without secrets.
    """

    key: str
    reason: str
    since: float


class ContactEventKind(StrEnum):
    """What an event of a vendor says about an address."""

    BOUNCED = "bounced"
    REACTIVATED = "reactivated"
    UNDELIVERED = "undelivered"  # this message did not arrive; a later one may
    DELIVERED = "delivered"  # this message arrived
    IGNORED = "ignored"  # it changes nothing


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """An authentic event of a vendor about one address.

    `id` is the same when the vendor posts the event again. `notice` is the message that it is
    about, if the event says so; it may be a message of another gateway.
    """

    id: str
    address: str
    kind: ContactEventKind
    reason: str
    notice: int | None = None


@dataclass(frozen=True, slots=True)
class UnusableName:
    """An unusable target as people know it; without a person it is an address of receivers."""

    unusable: UnusableContact
    target: Target
    person: Person | None = None
    contact: Contact | None = None


def targets_of_plan(plan: Plan) -> Mapping[str, Target]:
    """Return all targets by key: those of receivers and of people's contacts."""
    targets = {target.key: target for one in plan.receivers.values() for target in one.targets}
    return targets | {target.key: target for _, _, target in _contacts(plan)}


def keys_of_address(plan: Plan, account: str, address: str) -> list[str]:
    """Return the keys of the targets with this address at an account.

    In e-mail addresses case does not count.
    """
    folded = address.strip().casefold()
    return [
        key
        for key, target in targets_of_plan(plan).items()
        if target.account == account
        and (
            target.address == address.strip()
            or (_is_email(target) and target.address.casefold() == folded)
        )
    ]


def names_of_unusable(plan: Plan, stored: Iterable[UnusableContact]) -> list[UnusableName]:
    """Return the unusable targets that the plan has, contacts of people first."""
    by_key = {one.key: one for one in stored}
    named = {
        target.key: UnusableName(by_key[target.key], target, person, contact)
        for person, contact, target in _contacts(plan)
        if target.key in by_key
    }
    for key, target in targets_of_plan(plan).items():
        if key in by_key and key not in named:
            named[key] = UnusableName(by_key[key], target)
    return list(named.values())


def _contacts(plan: Plan) -> Iterator[tuple[Person, Contact, Target]]:
    for person in plan.people.values():
        for contact in person.contacts.values():
            yield person, contact, contact_target(person, contact)


def _is_email(target: Target) -> bool:
    spec = CHANNELS.get(target.channel)
    return spec is not None and spec.address is AddressKind.EMAIL
