"""Lint warnings about accounts of channels."""

from gateway.config.grammar.channels.common import CALLBACKS, INBOUND, REST_TOKEN, SIGNING_SECRET
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.plan import Plan


def warn_unused_accounts(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of accounts with names of their own that no target and no contact uses.

    Such a name must be written at each target, which is easily forgotten.
    """
    used = {target.account for one in plan.receivers.values() for target in one.targets}
    used |= {one.account for person in plan.people.values() for one in person.contacts.values()}
    section: ParsedSection | None = file.get("channels")
    for name, item in section.fields.items() if section is not None else ():
        if "type" in item.value and name not in used:
            message = (
                f'account "{shorten(name)}" is used by no target and no contact: write '
                f"account: {shorten(name)} where it is meant"
            )
            findings.warn(item.position, message, text=name)


def warn_several_channels(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of an account that only posts and whose targets name different channels.

    The incoming webhook of an app posts to the one channel that it was made for.
    """
    section: ParsedSection | None = file.get("channels")
    for name, item in section.fields.items() if section is not None else ():
        key = spec_of(item.value.get("type", name)).posting_key
        if key not in item.value:
            continue
        targets = [one for receiver in plan.receivers.values() for one in receiver.targets]
        addresses = sorted({one.address for one in targets if one.account == name})
        if len(addresses) > 1:
            message = (
                f"{key}: an app's webhook posts to one channel only, and targets name "
                f"{', '.join(map(shorten, addresses))}: only webhooks of the older kind (custom "
                "integrations) choose it; declare an account for each channel"
            )
            findings.warn(item.value.position_of(key), message)


def warn_callbacks_without_lookups(file: ParsedSection, findings: Findings) -> None:
    """Warn of signed callbacks whose vendor cannot be asked what they are about.

    Most of PagerDuty's webhooks have no key of ours, and none has a user's address.
    """
    section: ParsedSection | None = file.get("channels")
    for name, item in section.fields.items() if section is not None else ():
        if spec_of(item.value.get("type", name)).address is not AddressKind.SECRET:
            continue  # its targets are people's addresses: what it posts needs no key of ours
        callbacks: ParsedSection | None = item.value.get(CALLBACKS)
        if callbacks is not None and SIGNING_SECRET in callbacks and REST_TOKEN not in item.value:
            message = (
                f"{CALLBACKS}: without {REST_TOKEN}: most events about incidents are missed, "
                "because they do not have our key, and people are not recognised"
            )
            findings.warn(callbacks.position, message)


def warn_inbound_without_callbacks(file: ParsedSection, findings: Findings) -> None:
    """Warn of an address that takes replies while nothing may be posted back."""
    section: ParsedSection | None = file.get("channels")
    for item in section.fields.values() if section is not None else ():
        if INBOUND in item.value and CALLBACKS not in item.value:
            message = f"{INBOUND}: without {CALLBACKS}: replies are refused; declare its password"
            findings.warn(item.value.position_of(INBOUND), message)
