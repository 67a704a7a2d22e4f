"""The text of a message that a person wrote in Slack, without Slack's own sequences. Pure."""

import re
from collections.abc import Callable

from gateway.channels.support.truncate import strip_controls
from gateway.core.text.escape import slack_unescape

_SEQUENCE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def plain_message(text: str, name_of: Callable[[str], str]) -> str:
    """Return a message as plain text: mentions as names, links as they are, unescaped once.

    `name_of` returns the name of the user with an id.
    """
    parts: list[str] = []
    end = 0
    for match in _SEQUENCE.finditer(text):
        parts.append(slack_unescape(text[end : match.start()]))
        parts.append(_plain(match[1], match[2] or "", name_of))
        end = match.end()
    parts.append(slack_unescape(text[end:]))
    return strip_controls("".join(parts))


def _plain(target: str, label: str, name_of: Callable[[str], str]) -> str:
    """Return a sequence in plain text. Its target and label are escaped as everything else."""
    target, label = slack_unescape(target), slack_unescape(label)
    if target.startswith("@"):
        return f"@{name_of(target[1:])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    shown = target.removeprefix("mailto:")
    return shown if not label or label == shown else f"{label} ({shown})"
