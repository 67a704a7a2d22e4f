"""The content of an e-mail, for any provider. Pure.

Gmail clips a mail at about 102 kB, so far less is sent than services take.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import Header
from typing import NamedTuple

from gateway.channels.support import facts as read
from gateway.channels.support.mail_headers import extra_headers
from gateway.channels.support.truncate import strip_controls, truncate_bytes
from gateway.core.incidents.message import NOTE, THREAD, Message, Receipt
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.mail_headers import REPLY_TO
from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line, safe_url

SUBJECT_CHARACTERS = 200  # characters
TEXT_BYTES = 500_000
HTML_BYTES = 1_000_000
REDUCED_BYTES = 50_000  # of the text of a mail whose full form was refused
REDUCED_SUBJECT_CHARACTERS = 100  # characters


class Sender(NamedTuple):
    """A sender as routes.yaml writes it; the name may be empty."""

    name: str
    address: str


def split_sender(text: str) -> Sender:
    """Return the parts of `alerts@example.com` or `Alerts <alerts@example.com>`.

    Not email.utils.parseaddr, which takes a comma for the end of an address.
    """
    name, bracket, address = text.strip().removesuffix(">").rpartition("<")
    if not bracket:
        return Sender("", text.strip())
    return Sender(name.strip().strip('"'), address.strip())


@dataclass(frozen=True, slots=True)
class MailOptions:
    """What is the same in every mail of an account."""

    sender: str
    reply_to: str | None = None
    inbound_address: str = ""  # takes replies; empty: nobody reads them

    @property
    def domain(self) -> str:
        """Return the sender's domain in ASCII, for message ids."""
        domain = split_sender(self.sender).address.rpartition("@")[2]
        return ascii_domain(domain) or "localhost"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one recipient, with copies. Each text is free of control characters.

    `html` is empty where only the text is sent. `headers` have no line ends, and text beyond ASCII
    is encoded (RFC 2047); `Message-ID` is among them, `From`, `To`, `Cc`, `Subject` and `Reply-To`
    are not.
    """

    to: str
    copies: tuple[str, ...]
    subject: str
    text: str
    html: str
    reply_to: str | None
    headers: Mapping[str, str]


def ascii_domain(domain: str) -> str:
    """Return a domain as servers know it (IDNA); empty for one that has no such form."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def mail_of(
    message: Message, target: Target, receipt: Receipt | None, options: MailOptions
) -> Mail:
    """Return the mail of a message. Raises SendError for a bad address."""
    html = strip_controls(message.parts.get("html", ""))
    if message.reduced or len(html.encode("utf-8", "replace")) > HTML_BYTES:
        # Cut HTML may render as anything. The text part says the same and can be cut.
        html = ""
    # A copy or a header of the file may be what was refused, and the page must arrive.
    copies = () if message.reduced else target.copies
    further = {} if message.reduced else extra_headers(message, target)
    reply_to = [further.pop(name) for name in list(further) if name.lower() == REPLY_TO.lower()]
    return Mail(
        address(target.address),
        tuple(map(address, copies)),
        _subject(message),
        _text(message),
        html,
        reply_to[0] if reply_to else _reply_address(message, options),
        _joined(headers(message, receipt, options), further),
    )


def receipt_of(
    mail_id: str,
    message: Message,
    receipt: Receipt | None,
    options: MailOptions,
    refused: Mapping[str, str],
) -> dict[str, str]:
    """Return the receipt of a mail that was accepted under `mail_id`: it names the thread.

    `refused` are the copies that are not sent, each with why.
    """
    first = (receipt or {}).get(THREAD) or message_id(message, options)
    note = ", ".join(f"{address} ({why})" for address, why in refused.items())
    return {"message_id": mail_id, THREAD: first} | (
        {NOTE: f"not to the copies {note}"} if refused else {}
    )


def _subject(message: Message) -> str:
    most = REDUCED_SUBJECT_CHARACTERS if message.reduced else SUBJECT_CHARACTERS
    subject = one_line(message.parts.get("subject", ""), most)
    return subject or f"{read.incident_name(message)} is {message.status}"


def _reply_address(message: Message, options: MailOptions) -> str | None:
    """Return the address that replies go to: with the token that says what they are about."""
    if not options.inbound_address or not message.reply_token:
        return options.reply_to
    mailbox, _, domain = options.inbound_address.rpartition("@")
    return f"{mailbox}+{message.reply_token}@{domain}"


def address(text: str) -> str:
    """Return the one address that a text is.

    Raises SendError for what could be read as several.
    """
    text = text.strip()
    if text.count("@") != 1 or any(c.isspace() or c in ',;<>"()' for c in text):
        raise SendError(Failure.BAD_RECIPIENT, f"{one_line(text, 100)} is no e-mail address")
    if not text.isprintable():
        raise SendError(Failure.BAD_RECIPIENT, "the e-mail address holds control characters")
    return text


def headers(message: Message, receipt: Receipt | None, options: MailOptions) -> Mapping[str, str]:
    """Return headers that thread the mails of an incident and mark a repeated one.

    References names an invented mail that all mails of the incident share, and the first one that
    was sent: mail clients thread by the same ids in References (Postmark support, "How
    to thread messages").
    """
    root = f"<incident-{message.incident}.{_digest(message.dedup_key)}@{options.domain}>"
    first = (receipt or {}).get(THREAD, "")
    mail_headers = {
        "Message-ID": message_id(message, options),
        "References": one_line(f"{root} {first}"),
        "In-Reply-To": one_line(first) or root,
        "X-Gateway-Notice": str(message.notice_id),
        "X-Gateway-Incident": str(message.incident),
        # Suppresses out-of-office replies (RFC 3834).
        "Auto-Submitted": "auto-generated",
        # The same for Exchange (Microsoft, [MS-OXCMAIL]).
        "X-Auto-Response-Suppress": "All",
    }
    if message.rank == 1 and message.status == "firing":
        mail_headers |= {"X-Priority": "1", "Importance": "high"}
    return mail_headers


def _joined(own: Mapping[str, str], further: Mapping[str, str]) -> dict[str, str]:
    """Return all headers; one of the file replaces the gateway's, such as Importance.

    Text beyond ASCII is encoded here (RFC 2047), because headers are ASCII.
    """
    names = {name.lower() for name in further}
    encoded = {
        name: value if value.isascii() else Header(value, "utf-8").encode(linesep="")
        for name, value in further.items()
    }
    return {name: value for name, value in own.items() if name.lower() not in names} | encoded


def message_id(message: Message, options: MailOptions) -> str:
    """Return the same id for every attempt: mail clients can drop a second copy."""
    return f"<notice-{message.notice_id}.{_digest(message.dedup_key)}@{options.domain}>"


def _digest(text: str) -> str:
    """Return a digest that differs between gateways whose incident numbers collide."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _text(message: Message) -> str:
    text = strip_controls(message.parts.get("text", "")).strip()
    if not text:
        text = message.parts.get("subject") or f"{read.incident_name(message)}: {message.status}"
    where = next(
        (
            url
            for link in message.links
            if link.role in ("incident", "list") and (url := safe_url(link.url))
        ),
        read.incident_name(message),
    )
    most = REDUCED_BYTES if message.reduced else TEXT_BYTES
    return truncate_bytes(text, most, f"… cut here, see {where}")
