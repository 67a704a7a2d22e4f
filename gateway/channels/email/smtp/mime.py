"""A mail as the bytes that SMTP carries. Pure.

All text is 7-bit (quoted-printable or base64, RFC 2045), so it needs no 8BITMIME on its way. Only
an address that is not ASCII needs a server with SMTPUTF8 (RFC 6531).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, quote

from gateway.channels.email.mail import Mail, ascii_domain, split_sender
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.text.escape import one_line

LINE_LENGTH = 76
"""Characters at which a header is folded. RFC 5322 allows 998 and recommends 78."""


LONGEST_READABLE = 64 * 1024
"""Characters of a text that is sent as quoted-printable, which people can read in a raw mail. A
longer one is sent as base64: quoting takes 50 ms of the event loop for each megabyte."""


def transport_address(address: str) -> str:
    """Return an address as servers know it: the domain is ASCII (IDNA).

    Raises SendError for a domain that has no such form.
    """
    mailbox, _, domain = address.rpartition("@")
    known = ascii_domain(domain)
    if not known:
        raise SendError(Failure.BAD_RECIPIENT, f"{one_line(address, 100)} has no valid domain")
    return f"{mailbox}@{known}"


def mail_bytes(mail: Mail, sender: str, at: float) -> bytes:
    """Return the mail with its headers, sent `at` (Unix seconds)."""
    body = _body(mail)
    headers = [
        ("From", _with_name(sender)),
        ("To", transport_address(mail.to)),
        ("Cc", ", ".join(map(transport_address, mail.copies))),
        ("Subject", _encoded("Subject", mail.subject)),
        ("Date", format_datetime(datetime.fromtimestamp(at, UTC))),
        ("Reply-To", _with_name(mail.reply_to) if mail.reply_to else ""),
        *mail.headers.items(),
    ]
    lines = [_folded(name, value) for name, value in headers if value]
    return "".join(lines).encode("utf-8", "replace") + body.as_bytes()


def _body(mail: Mail) -> MIMENonMultipart | MIMEMultipart:
    text = _part(mail.text, "plain")
    if not mail.html:
        return text
    both = MIMEMultipart("alternative")
    both.attach(text)
    both.attach(_part(mail.html, "html"))
    return both


def _part(text: str, subtype: str) -> MIMEText:
    charset = Charset("utf-8")
    charset.body_encoding = QP if len(text) < LONGEST_READABLE else BASE64
    content = text.encode("utf-8", "replace").decode("utf-8")
    return MIMEText(content, subtype, charset)  # type: ignore[arg-type]  # takes a Charset


def _with_name(sender: str) -> str:
    """Return a sender, perhaps with a name, as a header."""
    name, address = split_sender(sender)
    address = transport_address(address)
    if not name:
        return address
    name = one_line(name, LINE_LENGTH)
    shown = f'"{quote(name)}"' if name.isascii() else Header(name, "utf-8").encode()
    return f"{shown} <{address}>"


def _encoded(name: str, text: str) -> str:
    text = one_line(text)
    return text if text.isascii() else Header(text, "utf-8", header_name=name).encode(linesep="")


def _folded(name: str, value: str) -> str:
    """Return a header, folded between words only."""
    return "\r\n".join(_lines(name, one_line(value))) + "\r\n"


def _lines(name: str, value: str) -> Iterator[str]:
    line = f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > LINE_LENGTH and line != f"{name}:":
            yield line
            line = ""
        line += f" {word}"
    yield line
