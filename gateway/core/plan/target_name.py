"""Names of targets for people: the channel and a name, never a reference to a secret. Pure."""

import re
from urllib.parse import urlsplit

from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line

CHANNEL_NAMES = {
    "email": "e-mail",
    "slack": "Slack",
    "pagerduty": "PagerDuty",
    "webhook": "webhook",
    "console": "the console",
}
LONGEST = 100

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_NOISE = frozenset(
    [
        *("events", "file", "hook", "http", "https", "id", "integration", "key", "pagerduty"),
        *("pd", "routing", "run", "secret", "secrets", "service", "slack", "token", "txt"),
        *("url", "webhook"),
    ]
)
"""Words of a variable's or a file's name that say nothing about the target."""


def target_name(target: Target) -> str:
    """Return what people call a target.

    PagerDuty keys and secret URLs are named by `name:` in routes.yaml, else by the telling words
    of their variable: `${PAGERDUTY_BILLING_KEY}` is "PagerDuty (billing)".
    """
    channel = CHANNEL_NAMES.get(target.channel, target.channel)
    given = target.options.get("name", "")
    name = one_line(given or _address_name(target), LONGEST)
    if not name:
        return channel
    plain = target.channel in ("email", "slack") and not given and not target.person
    return f"{channel} {name}" if plain or target.channel == "email" else f"{channel} ({name})"


def references(address: str) -> str:
    """Return the names of the variables and files that an address refers to, for admins."""
    return ", ".join(_REFERENCE.findall(address))


def key_name(key: str) -> str:
    """Return the name of a target of which only the key is stored."""
    channel, _, address = key.partition(":")
    return target_name(Target(channel, address))


def _address_name(target: Target) -> str:
    if target.channel == "console":
        return ""
    if target.channel == "email":
        return target.address
    if target.person:
        return target.person
    if target.channel == "slack":
        return target.address
    if found := _REFERENCE.findall(target.address):
        words = re.split(r"[^A-Za-z0-9]+", " ".join(found).lower())
        return " ".join(word for word in words if word and word not in _NOISE)
    if target.channel == "webhook":
        try:
            return urlsplit(target.address).hostname or ""
        except ValueError:
            return ""
    return ""  # a key that stands in the file: its hash says nothing
