"""What an SMTP server's replies mean for a mail.

Sources: RFC 5321, 4.2 (codes), RFC 3463 and IANA's "SMTP Enhanced Status Codes" (the three numbers
at the beginning of a text), RFC 4954 (log in). Where a server sends both, the enhanced code
decides, because servers use 550 and 554 for everything.
"""

import re
from collections.abc import Mapping
from enum import Enum

from gateway.core.incidents.retry import Failure, Scope


class Step(Enum):
    """A step of handing over one mail; the value is how an error names it."""

    CONNECT = "connecting"
    GREETING = "the greeting"
    HELLO = "EHLO"
    STARTTLS = "STARTTLS"
    LOGIN = "the login"
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    DATA = "the mail"


LOGIN_CODES = frozenset({530, 534, 535, 538})
"""The server asks for a login, or for another kind of it (RFC 4954, 6)."""

BY_STEP: Mapping[Step, Mapping[int, Failure]] = {
    Step.SENDER: {
        501: Failure.MISCONFIGURED,  # syntax of the address
        550: Failure.MISCONFIGURED,
        551: Failure.MISCONFIGURED,
        552: Failure.BAD_CONTENT,  # SIZE says that it is too large
        553: Failure.MISCONFIGURED,
        554: Failure.MISCONFIGURED,
    },
    Step.RECIPIENT: {
        501: Failure.BAD_RECIPIENT,  # syntax of the address
        550: Failure.BAD_RECIPIENT,
        551: Failure.BAD_RECIPIENT,  # not here; a forward is not followed
        552: Failure.SERVER_ERROR,  # mailbox full; too many recipients of old servers
        553: Failure.BAD_RECIPIENT,
        554: Failure.MISCONFIGURED,  # relaying is not allowed
    },
    Step.DATA: {
        550: Failure.BAD_CONTENT,
        552: Failure.BAD_CONTENT,
        554: Failure.BAD_CONTENT,
    },
}
"""Replies without an enhanced code."""

_ADMIN_STEPS = frozenset({Step.CONNECT, Step.GREETING, Step.HELLO, Step.STARTTLS, Step.LOGIN})
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
_RATE = re.compile(
    r"\brate\b|throttl|too many (?:\w+ )?(?:connections|messages|mails|emails|sessions)"
    r"|limit exceeded|try again later, closing|concurren",
    re.IGNORECASE,
)


def failure_by_reply(step: Step, code: int, text: str) -> Failure:
    """Return the failure of a reply that is not the one the step needs."""
    if 400 <= code < 500:
        return _temporary(step, code, text)
    if not 500 <= code < 600:
        return Failure.BAD_ANSWER
    if step in _ADMIN_STEPS or code in LOGIN_CODES:
        return Failure.MISCONFIGURED
    match = _ENHANCED.match(text)
    enhanced = None if match is None else _by_enhanced(step, int(match[2]), int(match[3]))
    return enhanced or BY_STEP[step].get(code, Failure.UNKNOWN)


def scope_of(step: Step) -> Scope:
    """Return what a rate limit concerns: the one recipient, or everything through the server."""
    return Scope.TARGET if step is Step.RECIPIENT else Scope.ACCOUNT


def _temporary(step: Step, code: int, text: str) -> Failure:
    """Return the failure of a 4xx. Greylisting is one, too: the outbox tries again soon enough."""
    if step is Step.LOGIN and code == 432:  # "a password transition is needed"
        return Failure.MISCONFIGURED
    return Failure.RATE_LIMITED if _RATE.search(text) else Failure.SERVER_ERROR


def _by_enhanced(step: Step, subject: int, detail: int) -> Failure | None:
    """Return the failure of 5.SUBJECT.DETAIL; None where the step decides."""
    at_recipient = step is Step.RECIPIENT
    if subject == 1:  # addresses
        of_sender = detail in (7, 8) or step is Step.SENDER
        return Failure.MISCONFIGURED if of_sender else Failure.BAD_RECIPIENT
    if subject == 2:  # mailboxes
        if detail == 2:  # full: somebody may empty it
            return Failure.SERVER_ERROR
        if detail == 3:
            return Failure.BAD_CONTENT  # too long for this mailbox
        return Failure.BAD_RECIPIENT if at_recipient else None
    if subject == 3:  # the server's own state and size
        return Failure.BAD_CONTENT if detail == 4 else Failure.MISCONFIGURED
    if subject == 4:  # routes; Exchange Online says 5.4.1 of an unknown mailbox
        return Failure.BAD_RECIPIENT if at_recipient else Failure.MISCONFIGURED
    if subject == 5:  # the protocol
        return Failure.BAD_CONTENT if detail == 3 else None  # too many recipients
    if subject == 6:  # content; 5.6.7 is an address beyond ASCII
        return Failure.BAD_RECIPIENT if detail == 7 else Failure.BAD_CONTENT
    if subject == 7:  # policy: of the content once it was sent, before of who may send
        return Failure.BAD_CONTENT if step is Step.DATA else Failure.MISCONFIGURED
    return None
