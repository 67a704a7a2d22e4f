"""A mail that somebody sent to the gateway: what it asks for, and what is nobody's. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class InboundMail:
    """An authentic post about one mail; who sent the mail is not proven.

    `id` is the vendor's, the same when it is posted again. `tokens` are what the recipients'
    addresses have after the plus. `text` and `html` are whole, with quotes.
    """

    id: str
    sender: str
    tokens: tuple[str, ...]
    subject: str
    headers: Sequence[tuple[str, str]]
    text: str
    html: str = ""


class MailCommand(StrEnum):
    """What the first line of a reply asks for."""

    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    ACCEPT = "accept"
    DECLINE = "decline"
    USEFUL = "useful"
    NOISE = "noise"


_COMMANDS = {
    "ack": MailCommand.ACKNOWLEDGE,
    "acknowledge": MailCommand.ACKNOWLEDGE,
    "acknowledged": MailCommand.ACKNOWLEDGE,
    "escalate": MailCommand.ESCALATE,
    "resolve": MailCommand.RESOLVE,
    "resolved": MailCommand.RESOLVE,
    "accept": MailCommand.ACCEPT,
    "decline": MailCommand.DECLINE,
    "useful": MailCommand.USEFUL,
    "noise": MailCommand.NOISE,
}

OWN_HEADER = "x-gateway-notice"
"""The header of the gateway's own mails, in lower case."""

_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_ROBOTS = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|bounces?)(?:[+@-]|$)", re.IGNORECASE)
_ABSENT = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic|matische|[ -])?\s?(?:reply|response|antwort)|"
    r"out of (?:the )?office|abwesenheits|réponse automatique|absence du bureau)",
    re.IGNORECASE,
)
_AUTOMATIC_HEADERS = {
    "x-autoreply": "it is an automatic reply",
    "x-autorespond": "it is an automatic reply",
    "x-failed-recipients": "it is a bounce",
    "list-id": "it comes from a mailing list",
    "list-unsubscribe": "it comes from a mailing list",
    OWN_HEADER: "it is one of the gateway's own mails",
}


def command_of(text: str) -> tuple[MailCommand | None, str]:
    """Return the command in the first line, and the text after it; None: all is text.

    The command must be the whole line, so that a quote which slips through cannot act.
    """
    first, _, rest = text.strip().partition("\n")
    command = _COMMANDS.get(first.strip().rstrip(".!").casefold())
    return (command, rest.strip()) if command is not None else (None, text.strip())


def why_nobodys(mail: InboundMail, own_addresses: Sequence[str]) -> str:
    """Return why a mail is not what a person wrote, or empty text.

    The signs are those of RFC 3834 and of Exchange; `own_addresses` send or take the gateway's
    mails.
    """
    sender = mail.sender.strip().casefold()
    if not sender or "@" not in sender or _ROBOTS.match(sender):
        return "it comes from no person's address"
    if sender in {one.casefold() for one in own_addresses}:
        return "it comes from the gateway's own address"
    for name, value in mail.headers:
        reason = _why_automatic(name.strip().casefold(), value.strip().casefold())
        if reason:
            return reason
    return "it is an automatic reply" if _ABSENT.match(mail.subject) else ""


def why_no_alert(mail: InboundMail) -> str:
    """Return why a mail is no alert of a program, or empty text.

    Programs may say that they are robots or lists. Answers to mails, bounces, forged senders and
    the gateway's own mails are no alerts: one of them would open an incident about an incident.
    """
    for name, value in mail.headers:
        header, text = name.strip().casefold(), value.strip().casefold()
        if header in ("list-id", "list-unsubscribe", "x-auto-response-suppress"):
            continue
        if header == "auto-submitted" and text.startswith("auto-generated"):
            continue
        if header == "precedence" and text != "auto_reply":
            continue
        reason = _why_automatic(header, text)
        if reason:
            return reason
    return "it is an automatic reply" if _ABSENT.match(mail.subject) else ""


def _why_automatic(name: str, value: str) -> str:
    """Return what a header says against a person, or empty text; both are in lower case."""
    if name in _AUTOMATIC_HEADERS:
        return _AUTOMATIC_HEADERS[name]
    if name == "auto-submitted" and value.partition(";")[0].strip() != "no":
        return "it is an automatic reply"
    if name == "x-auto-response-suppress" and value not in ("", "none"):
        return "it is an automatic reply"
    if name == "precedence" and value in _BULK:
        return "it is an automatic reply, or comes from a list"
    if name == "return-path" and value in ("", "<>"):
        return "it is a bounce"
    if name == "content-type" and value.startswith("multipart/report"):
        return "it is a bounce"
    if name == "received-spf" and value.startswith("fail"):
        return "its sender is forged: the domain does not send from there"
    return ""
