"""Receivers with their targets, built from the parsed file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gateway.config.build.account_names import AccountNames
from gateway.config.build.accounts import CONSOLE, LACKS, Secrets, credential_key, variables
from gateway.config.build.names import DeclaredNames
from gateway.config.build.people import ContactSecret
from gateway.config.build.target_options import check_copies, option_text
from gateway.config.grammar.channels import GRAMMARS
from gateway.config.grammar.channels.common import ACCOUNT, ALLOW, COPIES, OTHERWISE
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.secret_types import secret_of
from gateway.config.source.problem import Findings, SourcePosition
from gateway.config.source.references import SecretText
from gateway.core.plan.accounts import EACH_TARGET, ChannelSettings
from gateway.core.plan.channels import CHANNELS, AddressKind, ChannelSpec
from gateway.core.plan.label_targets import LabelTarget, by_label
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Receiver, Target
from gateway.core.plan.target_name import account_label
from gateway.core.text.text_template import TextTemplate
from gateway.core.urls.web_url import web_url


class ReceiverBuilder:
    """Builds receivers from the people behind addresses and the accounts of channels."""

    def __init__(
        self,
        people: Mapping[str, Person],
        accounts: AccountNames,
        secrets: Secrets,
        findings: Findings,
    ) -> None:
        self._person_by_contact = {
            (contact.account, _comparable(contact.channel, contact.address)): person.id
            for person in people.values()
            for contact in person.contacts.values()
        }
        self._accounts = accounts
        self._secrets = secrets
        self._findings = findings
        # By account: where a secret is empty, and the variables that should give it.
        self._empty_secrets: dict[str, list[tuple[SourcePosition, str]]] = {}
        self._sending_accounts: set[str] = set()

    def build(
        self, entries: Iterable[ParsedValue], names: DeclaredNames, escalations: DeclaredNames
    ) -> Mapping[str, Receiver]:
        """The receivers by their names."""
        receivers = {}
        for item in entries:
            entry: ParsedSection = item.value
            for key, known in (("escalate", escalations), ("fallback", names)):
                if key in entry:
                    known.check(entry.fields[key], self._findings)
            name = entry.get("name", "")
            targets = self._targets(entry)
            fixed = tuple(one for one in targets if isinstance(one, Target))
            by_label = tuple(one for one in targets if isinstance(one, LabelTarget))
            all_targets = {one.key: one for one in (*fixed, *(one.otherwise for one in by_label))}
            receivers[name] = Receiver(
                name,
                tuple(all_targets.values()),
                entry.get("escalate"),
                entry.get("fallback"),
                by_label,
                fixed,
            )
        return receivers

    def note_contact_secrets(self, contact_secrets: Iterable[ContactSecret]) -> None:
        """Apply the rule about empty secrets to those of people's contacts, too."""
        for one in contact_secrets:
            self._note_secret(one.account, one.secret, one.position)

    def _targets(self, entry: ParsedSection) -> tuple[Target | LabelTarget, ...]:
        targets: dict[str, Target | LabelTarget] = {}
        for spec in CHANNELS.values():
            for item in entry.list_of(spec.name):
                for target, position in self._targets_of(spec, item.value):
                    if isinstance(target, LabelTarget):
                        targets[f"by label {len(targets)}"] = target
                        continue
                    if target.key in targets:
                        message = (
                            f"{spec.name}: {target.address} is a target of this receiver twice"
                        )
                        self._findings.warn(position, message)
                    targets.setdefault(target.key, target)
        return tuple(targets.values())

    def _targets_of(
        self, spec: ChannelSpec, entry: ParsedSection
    ) -> Iterable[tuple[Target | LabelTarget, SourcePosition]]:
        """Yield the targets of one entry of a receiver, with their positions."""
        key = GRAMMARS[spec.name].address
        reference = entry.fields.get(ACCOUNT)
        account = self._accounts.choose(spec, reference, entry.position, self._findings)
        if key is None:
            yield Target(spec.name, spec.name, account=account), entry.position
            return
        options = self._options(entry, key)
        addresses = list(self._addresses(entry, key))
        if not any(isinstance(address, TextTemplate) for address, _ in addresses):
            self._refuse_label_keys(entry)
        check_copies(entry, [address for address, _ in addresses], self._findings)
        for number, (address, position) in enumerate(addresses):
            if number == 1:  # the copies are of the first message alone
                options = {key: text for key, text in options.items() if key != COPIES}
            if isinstance(address, ParsedSection):
                if address.valid:
                    yield self._by_keys(spec, address, options, account), position
                continue
            if isinstance(address, str) and GRAMMARS[spec.name].named is not None:
                options = {"name": address, **options}
                address = self._accounts.address_of(account, address, position, self._findings)
                if address is None:
                    continue
            template = address if isinstance(address, TextTemplate) else None
            if template is not None:
                address = entry.get(OTHERWISE)
                if not self._check_label_keys(entry, template, position):
                    continue
            target = self._target(spec, address, options, account, entry.position_of(key))
            if template is not None:
                allowed = tuple(item.value for item in entry.list_of(ALLOW))
                yield LabelTarget(template, target, allowed), position
            else:
                yield target, position

    def _target(
        self,
        spec: ChannelSpec,
        address: str | SecretText,
        options: Mapping[str, str],
        account: str,
        position: SourcePosition,
    ) -> Target:
        if isinstance(address, SecretText):
            self._secrets.add(address)
            self._note_secret(account, address, position)
            address = address.address
        else:
            self._sending_accounts.add(account)
        person = self._person_by_contact.get((account, _comparable(spec.name, address)))
        if COPIES in options:
            person = None  # several people read it, so its links must not be one person's
        return Target(spec.name, address, person, options, account)

    def _by_keys(
        self, spec: ChannelSpec, entry: ParsedSection, options: Mapping[str, str], account: str
    ) -> LabelTarget:
        """Return the target whose secret address is chosen by the value of a label."""
        targets = {
            value: self._target(spec, item.value, options, account, item.position)
            for value, item in entry.map_of("keys").items()
        }
        name = entry.get("label")
        otherwise = entry.fields[OTHERWISE]
        return LabelTarget(
            by_label(name),
            self._target(spec, otherwise.value, options, account, otherwise.position),
            addresses={value: target.address for value, target in targets.items()},
        )

    def _refuse_label_keys(self, entry: ParsedSection) -> None:
        for name in (ALLOW, OTHERWISE):
            if name in entry:
                message = f"{name}: it belongs to an address with labels, which is missing here"
                self._findings.error(entry.position_of(name), message)

    def _check_label_keys(
        self, entry: ParsedSection, template: TextTemplate, position: SourcePosition
    ) -> bool:
        """Return whether an address with labels has its allow-list and its fixed target."""
        missing = [key for key in (ALLOW, OTHERWISE) if not entry.get(key)]
        for key in missing:
            self._findings.error(
                position, f'{template.text}: an address with labels needs the key "{key}"'
            )
        return not missing

    def _addresses(self, entry: ParsedSection, key: str) -> Iterable[tuple[Any, SourcePosition]]:
        """Yield the addresses under `key`, one or a list, with their positions."""
        value = entry.get(key)
        if isinstance(value, tuple):
            if entry.valid and not value:
                self._findings.error(entry.position_of(key), f"{key}: names nobody")
            yield from ((item.value, item.position) for item in value)
        elif value is not None:
            yield value, entry.position

    def _options(self, entry: ParsedSection, address_key: str) -> dict[str, str]:
        """Return the options of an entry as text: secrets as references, mappings as JSON."""
        options: dict[str, str] = {}
        for key, item in entry.fields.items():
            if key in (address_key, ACCOUNT, ALLOW, OTHERWISE):
                continue
            if isinstance(item.value, SecretText):
                secret = secret_of(item)
                self._secrets.add(secret)
                options[key] = "" if secret is None else secret.address
            else:
                options[key] = option_text(item.value)
        if options.get("bearer") and _has_credentials(entry.get(address_key, "")):
            message = "bearer: the URL holds a name and a password already; remove one of the two"
            self._findings.error(entry.position_of("bearer"), message)
        return options

    def _note_secret(self, account: str, secret: SecretText, position: SourcePosition) -> None:
        if secret.empty:
            self._empty_secrets.setdefault(account, []).append(
                (position, variables(secret.address))
            )
        else:
            self._sending_accounts.add(account)

    def resolve_empty_secrets(
        self, channels: Mapping[str, ChannelSettings], accounts: ParsedSection | None
    ) -> dict[str, ChannelSettings]:
        """Return the accounts, with one rule for all empty tokens, keys and secret URLs.

        While no account can send, nobody relies on the gateway yet, and empty ones print on the
        console. As soon as one can, a page must not end on a console that nobody reads: an empty
        one is misconfigured, so that the fallback is notified.
        """
        anything_sends = any(self._can_send(settings) for settings in channels.values())
        resolve_empty_secrets = dict(channels)
        for name, position, names in self._empty(channels, accounts):
            label = account_label(channels[name].type, name)
            if anything_sends:
                message = (
                    f"no {names}: nothing can be sent by {label} here, and the fallback is"
                    " notified instead; set it, or write provider: console to print on purpose"
                )
            else:
                message = f"no {names}: {label} messages are printed on the console, not sent"
                options = {k: v for k, v in channels[name].options.items() if k != LACKS}
                options |= {"provider": CONSOLE, "because": f"no {names}"}
                if name in self._empty_secrets:  # each target lacks a variable of its own
                    options["because"] = EACH_TARGET
                resolve_empty_secrets[name] = replace(channels[name], options=options)
            self._findings.warn(position, message)
        return resolve_empty_secrets

    def _empty(
        self, channels: Mapping[str, ChannelSettings], accounts: ParsedSection | None
    ) -> Iterable[tuple[str, SourcePosition, str]]:
        """Yield each empty secret: its account, its position, and its variables or files."""
        for name, settings in channels.items():
            if LACKS in settings.options and accounts is not None:
                account: ParsedSection = accounts.fields[name].value
                key = credential_key(CHANNELS[settings.type], account)
                yield name, account.position_of(key), settings.options[LACKS]
        for name, empty_secrets in self._empty_secrets.items():
            if channels[name].options.get("provider") != CONSOLE:
                yield from ((name, position, names) for position, names in empty_secrets)

    def _can_send(self, settings: ChannelSettings) -> bool:
        """Return whether an account has all that it needs to send to at least one target."""
        if settings.options.get("provider") == CONSOLE or LACKS in settings.options:
            return False
        return CHANNELS[settings.type].needs_account or settings.name in self._sending_accounts


def _has_credentials(url: str | SecretText) -> bool:
    """Return whether a checked URL, perhaps an empty one, has a name or a password."""
    text = url.secret.reveal() if isinstance(url, SecretText) else url
    return bool(text) and web_url(text).username is not None


def _comparable(channel: str, address: str) -> str:
    """Return an address as it is compared: in e-mail addresses case does not count."""
    return address.lower() if CHANNELS[channel].address is AddressKind.EMAIL else address
