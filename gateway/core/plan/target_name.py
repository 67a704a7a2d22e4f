"""Names of targets for people: the channel and a name, never a reference to a secret. Pure."""

import re
from urllib.parse import urlsplit

from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import CHANNELS, AddressKind, spec_of
from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line

LONGEST = 100

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_GENERAL_WORDS = frozenset(
    [
        *("file", "http", "https", "id", "key", "run"),
        *("secret", "secrets", "service", "token", "txt", "url"),
    ]
)
_NOISE = _GENERAL_WORDS.union(*(spec.vendor_words for spec in CHANNELS.values()))
"""Words of a variable's or a file's name that say nothing about the target."""


def target_name(target: Target) -> str:
    """Return the name of a target for people.

    PagerDuty keys and secret URLs are named by `name:` in routes.yaml, otherwise by the words of
    their variable that describe it: `${PAGERDUTY_BILLING_KEY}` is "PagerDuty (billing)". An account
    that is not named like its channel is added: "Slack #billing-alerts (slack-eu)", and so are the
    addresses that get a copy: "e-mail admin@example.com, cc cho@example.com".
    """
    spec = spec_of(target.channel)
    own_name = target.options.get("name", "")
    name = one_line(own_name or _address_name(target), LONGEST)
    account = "" if target.account == target.channel else target.account
    if not name:
        return f"{spec.label} ({account})" if account else spec.label
    plain = spec.address is AddressKind.NAME and not own_name and not target.person
    if plain or spec.address is AddressKind.EMAIL:
        return f"{spec.label} {name}" + (f" ({account})" if account else "")
    return f"{spec.label} ({name}, {account})" if account else f"{spec.label} ({name})"


def account_label(channel: str, account: str) -> str:
    """Return the name of an account for people: "Slack", or "Slack (slack-eu)"."""
    label = spec_of(channel).label
    return label if account == channel else f"{label} ({account})"


def references(address: str) -> str:
    """Return the names of the variables and files that an address refers to, for admins."""
    return ", ".join(_REFERENCE.findall(address))


def key_name(key: str) -> str:
    """Return the name of a target whose key alone is stored."""
    sender, _, address = key.partition(":")
    channel, account = split_account_key(sender)
    return target_name(Target(channel, address, account=account))


def _address_name(target: Target) -> str:
    kind = spec_of(target.channel).address
    if kind is AddressKind.NONE:
        return ""
    if kind is AddressKind.EMAIL:
        return ", cc ".join([target.address, *target.copies])
    if target.person:
        return target.person
    if kind is AddressKind.NAME:
        return target.address
    if names := _REFERENCE.findall(target.address):
        words = re.split(r"[^A-Za-z0-9]+", " ".join(names).lower())
        return " ".join(word for word in words if word and word not in _NOISE)
    if kind is AddressKind.TOPIC:
        return target.address
    if kind is AddressKind.URL:
        try:
            return urlsplit(target.address).hostname or ""
        except ValueError:
            return ""
    return ""  # a key in the file itself: its hash describes nothing
