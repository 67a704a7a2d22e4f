"""A text message that somebody sent to the gateway: what it asks for. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum


class TextCommand(StrEnum):
    """What a text message asks for."""

    ACKNOWLEDGE = "acknowledge"
    UNDO = "undo"
    TAKE = "take"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    COMMENT = "comment"
    STOP = "stop"
    START = "start"
    CARRIER = "carrier"  # the vendor itself answers it


@dataclass(frozen=True, slots=True)
class TextReply:
    """An understood message. `number` is the incident's, None where none is named."""

    command: TextCommand
    number: int | None = None
    text: str = ""


_COMMANDS = {
    "ack": TextCommand.ACKNOWLEDGE,
    "acknowledge": TextCommand.ACKNOWLEDGE,
    "acknowledged": TextCommand.ACKNOWLEDGE,
    "unack": TextCommand.UNDO,
    "undo": TextCommand.UNDO,
    "take": TextCommand.TAKE,
    "escalate": TextCommand.ESCALATE,
    "resolve": TextCommand.RESOLVE,
    "resolved": TextCommand.RESOLVE,
    "comment": TextCommand.COMMENT,
}

_OF_THE_VENDOR = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"),
        TextCommand.STOP,
    ),
    **dict.fromkeys(("start", "unstop", "yes"), TextCommand.START),
    **dict.fromkeys(("help", "info"), TextCommand.CARRIER),
}
"""Words that Twilio itself acts on (its "Advanced Opt-Out"), so none of them is a command of ours:
a reply "end" would keep the person from being paged."""

_WITH_TEXT = (TextCommand.ACKNOWLEDGE, TextCommand.ESCALATE, TextCommand.COMMENT)
_LINE = re.compile(r"([A-Za-z]+)\b[\s:,.!]*(?:#?([0-9]{1,15})\b)?[\s:,.!]*(.*)", re.DOTALL)


def parse_text_reply(text: str) -> TextReply | None:
    """Return what a message asks for; None if it is not understood.

    Such a message is a command, perhaps an incident's number, and for some commands a text.
    """
    stripped = text.strip()
    if command := _OF_THE_VENDOR.get(stripped.casefold()):
        return TextReply(command)
    match = _LINE.fullmatch(stripped)
    if match is None:
        return None
    known, rest = _COMMANDS.get(match[1].casefold()), match[3].strip()
    if known is None or (rest and known not in _WITH_TEXT):
        return None
    if known is TextCommand.COMMENT and not rest:
        return None
    return TextReply(known, int(match[2]) if match[2] else None, rest)
