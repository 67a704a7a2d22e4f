"""The secrets of an alertmanager.yml, which must not be copied from it."""

from typing import Any

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.plan.accounts import Secret

_TOO_SHORT = 4  # characters; a shorter secret may be a part of any word


def secrets(entry: ParsedSection) -> frozenset[str]:
    """Return the values of all secrets that are long enough to be searched for."""
    secret_values: set[str] = set()
    _collect(entry, secret_values)
    return frozenset(secret_values)


def _collect(value: Any, secret_values: set[str]) -> None:
    if isinstance(value, Secret):
        if len(value.reveal()) >= _TOO_SHORT:
            secret_values.add(value.reveal())
        return
    members = value.fields if isinstance(value, ParsedSection) else value
    if isinstance(members, dict):
        members = tuple(members.values())
    if isinstance(members, tuple):
        for one in members:
            _collect(one.value, secret_values)
