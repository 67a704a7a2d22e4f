"""The options of a target as texts, and what its copies must not be."""

import json
from collections.abc import Iterable
from typing import Any

from gateway.config.grammar.channels.common import COPIES
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings


def option_text(value: Any) -> str:
    """Return a checked value as `Target.options` has it: lists with commas, mappings as JSON."""
    if isinstance(value, tuple):
        return ", ".join(one.value for one in value)
    if isinstance(value, dict):
        return json.dumps({name: one.value for name, one in value.items()})
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def check_copies(entry: ParsedSection, addresses: Iterable[Any], findings: Findings) -> None:
    """Refuse a copy to somebody who gets the message anyway."""
    recipients = {one.lower() for one in addresses if isinstance(one, str)}
    for item in entry.list_of(COPIES):
        if item.value.lower() in recipients:
            message = f"{COPIES}: {item.value} is a recipient of this entry already"
            findings.error(item.position, message, text=item.value)
