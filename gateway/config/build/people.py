"""People with their contacts, built from the parsed file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.config.build.absences import absences
from gateway.config.build.account_names import AccountNames
from gateway.config.build.accounts import Secrets
from gateway.config.build.names import DeclaredNames
from gateway.config.build.personal_rules import personal_rules, quiet_hours
from gateway.config.grammar.channels import CONTACTS, GRAMMARS
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.people import ADDRESS_KEYS
from gateway.config.source.problem import Findings, SourcePosition, shorten
from gateway.config.source.references import SecretText
from gateway.core.oncall.announced import REMIND, Remind
from gateway.core.plan.channels import CHANNELS, CONTACT_CHANNELS, Capability, ChannelSpec
from gateway.core.plan.person import Contact, Person
from gateway.core.text.nearest import nearest


def contact_names(entries: Mapping[str, ParsedValue]) -> DeclaredNames:
    """Return the names that `by:` may use: those of anybody's contacts, and the short ones."""
    names = dict.fromkeys(CONTACT_CHANNELS)
    for item in entries.values():
        names |= dict.fromkeys(item.value.map_of("contacts"))
    return DeclaredNames("contact", "people", names)


@dataclass(frozen=True, slots=True)
class ContactSecret:
    """A contact's secret address, for the rules about empty ones."""

    account: str
    secret: SecretText
    position: SourcePosition


class PeopleBuilder:
    """Builds people, whose contacts are addresses at the accounts of the file."""

    def __init__(self, accounts: AccountNames, secrets: Secrets, findings: Findings) -> None:
        self._accounts = accounts
        self._secrets = secrets
        self._findings = findings
        self.contact_secrets: list[ContactSecret] = []

    def build(self, entries: Mapping[str, ParsedValue]) -> Mapping[str, Person]:
        """Return the people by their ids."""
        people_by_id = {}
        for id_, item in entries.items():
            entry: ParsedSection = item.value
            contacts = {contact.name: contact for contact in self._contacts(id_, entry)}
            usable = [one.name for one in contacts.values() if self._has_account(one)]
            rules = personal_rules(id_, entry.get("notify"), contacts, usable, self._findings)
            zone = entry.get("timezone", "UTC")
            person = Person(
                id=id_,
                name=entry.get("name", id_),
                contacts=contacts,
                timezone=zone,
                urgent_rules=rules.urgent,
                other_rules=rules.other,
                quiet_hours=quiet_hours(entry.get("quiet_hours"), zone, self._findings),
                remind=Remind(entry.get("remind")) if "remind" in entry else REMIND,
                away=absences(entry.list_of("away"), zone, self._findings),
                mentions=self._mentions(entry),
            )
            if entry.valid:
                self._warn_unreachable(person, item.position)
            people_by_id[id_] = person
        return people_by_id

    def _contacts(self, id_: str, entry: ParsedSection) -> Iterator[Contact]:
        """Yield the contacts in the order in which they are tried without rules."""
        addresses: dict[tuple[str, str], str] = {}
        for channel in CONTACT_CHANNELS:
            if channel in entry:
                account = self._default_account(channel, entry)
                if account in self._accounts.only_post:
                    continue
                addresses[account, entry.get(channel)] = channel
                yield Contact(channel, channel, entry.get(channel), account)
        for name, item in entry.map_of("contacts").items():
            if name in CONTACT_CHANNELS and name in entry:
                message = f'contact "{name}": {name}: above declares it already; remove one of them'
                self._findings.error(item.position, message)
                continue
            contact = self._contact(name, item)
            if contact is None:
                continue
            first = addresses.setdefault((contact.account, contact.address), name)
            if first != name:
                message = f'contact "{shorten(name)}" of "{shorten(id_)}" is the same as "{first}"'
                self._findings.error(item.position, message)
                continue
            yield contact

    def _mentions(self, entry: ParsedSection) -> Mapping[str, str]:
        """Return the person's id by each account that reaches no person but can mention them."""
        types = {account: self._accounts.types[account] for account in self._accounts.only_post}
        return {
            account: entry.get(channel) for account, channel in types.items() if channel in entry
        }

    def _default_account(self, channel: str, entry: ParsedSection) -> str:
        """Return the account of a person's `email:` or `slack:`; note where it is ambiguous."""
        account = self._accounts.default(channel)
        if account is None:
            choices = " or ".join(self._accounts.of_type(channel))
            message = (
                f"{channel}: there are several accounts for it; declare the contact under "
                f"contacts: {channel}: with account: {choices}"
            )
            self._findings.error(entry.position_of(channel), message)
        return account or channel

    def _contact(self, name: str, item: ParsedValue) -> Contact | None:
        """Return a declared contact; None when it has an error, which is noted."""
        entry: ParsedSection = item.value
        account = entry.get("account", name)
        position = entry.position_of("account")
        spec = self._spec_of(account, position if "account" in entry else item.position)
        if spec is None or not entry.valid:
            return None
        if account in self._accounts.only_post:
            message = f"{account} is a {spec.posting_key}, which posts to a channel and reaches"
            self._findings.error(position, f"account: {message} no person")
            return None
        key = GRAMMARS[spec.name].address
        for other in ADDRESS_KEYS:
            if other.name in entry and other.name != key:
                message = f"{other.name}: {account} takes {key}: instead"
                self._findings.error(entry.position_of(other.name), message)
                return None
        if key is None or key not in entry:
            message = f'contact "{shorten(name)}": "{key}" is missing, its address'
            self._findings.error(item.position, message)
            return None
        address = entry.get(key)
        if isinstance(address, str) and GRAMMARS[spec.name].named is not None:
            at = entry.position_of(key)
            address = self._accounts.address_of(account, address, at, self._findings)
            if address is None:
                return None
        if isinstance(address, SecretText):
            self._secrets.add(address)
            secret = ContactSecret(account, address, entry.position_of(key))
            self.contact_secrets.append(secret)
            address = address.address
        return Contact(name, spec.name, address, account)

    def _spec_of(self, account: str, position: SourcePosition) -> ChannelSpec | None:
        """Return the channel of an account; None for an unknown one, which is noted."""
        type_ = self._accounts.type_of(account)
        if type_ is not None and GRAMMARS[type_].address is not None:
            return CHANNELS[type_]
        if account in CHANNELS and type_ is None:
            message = f"there is no account for it; declare it under channels: {account}:"
            self._findings.error(position, f"{account}: {message}")
            return None
        channels = [name for name in CHANNELS if GRAMMARS[name].address is not None]
        known = [one for channel in channels for one in self._accounts.choices(channel)]
        message = f'account: unknown account "{shorten(account)}"'
        near = nearest(account, known)
        self._findings.error(position, message, text=account, suggestion=near, allowed=known)
        return None

    def _has_account(self, contact: Contact) -> bool:
        """Return whether the account of a contact exists."""
        return self._accounts.exists(contact.account)

    def _warn_unreachable(self, person: Person, position: SourcePosition) -> None:
        """Warn of a person whom no contact reaches."""
        if not person.contacts:
            short = ", ".join(contact.name for contact in CONTACTS)
            message = f'"{person.id}" has no contact ({short} or contacts): they cannot be notified'
            self._findings.warn(position, message)
            return
        specs = [CHANNELS[contact.channel] for contact in person.contacts.values()]
        if all(spec.can(Capability.CALLS) for spec in specs):
            message = f'"{shorten(person.id)}" is reached by calls only, which are about no end'
            self._findings.warn(position, f"{message}: add another contact")
        if not any(map(self._has_account, person.contacts.values())):
            names = " or ".join(sorted({one.channel for one in person.contacts.values()}))
            message = (
                f'"{shorten(person.id)}" cannot be notified: there is no account for {names}; '
                f"declare one under channels:"
            )
            self._findings.warn(position, message)
