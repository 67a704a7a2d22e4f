"""Postmark's error codes and what each means for a mail.

Source: postmarkapp.com/developer/api/overview, "API error codes", read in stored copies of 2022
to 2026. Codes of other parts of the API do not answer a mail; if one does, an admin must act.
"""

import re
from collections.abc import Mapping

from gateway.core.incidents.retry import Failure

INVALID_REQUEST = 300

CODES: Mapping[int, Failure] = {
    10: Failure.MISCONFIGURED,  # token
    100: Failure.SERVER_ERROR,  # maintenance
    400: Failure.MISCONFIGURED,  # no sender signature for the From address
    401: Failure.MISCONFIGURED,  # sender signature not confirmed
    402: Failure.BAD_CONTENT,  # JSON that cannot be parsed
    403: Failure.BAD_CONTENT,  # JSON with wrong fields
    405: Failure.MISCONFIGURED,  # out of credits
    406: Failure.BAD_RECIPIENT,  # inactive: bounced or complained
    409: Failure.MISCONFIGURED,  # headers lost on the way: a proxy's doing
    410: Failure.BAD_CONTENT,  # too large a batch
    411: Failure.BAD_CONTENT,  # attachment
    412: Failure.MISCONFIGURED,  # account pending approval
    413: Failure.MISCONFIGURED,  # account may not send
    429: Failure.RATE_LIMITED,
    1221: Failure.MISCONFIGURED,  # wrong type of message stream
    1222: Failure.MISCONFIGURED,  # no such stream id
    1226: Failure.MISCONFIGURED,  # message stream not found
    1235: Failure.MISCONFIGURED,  # message stream does not exist on this server
    1236: Failure.MISCONFIGURED,  # an inbound stream cannot send
}
"""Codes that may answer a mail, except 300, whose text decides."""

OTHER_API_CODES = frozenset(
    {
        *range(500, 508),  # sender signatures
        *range(510, 517),  # domains
        *range(520, 523),  # sender signatures
        *range(600, 612),  # servers
        *range(700, 704),  # messages
        *(800, 809, 810, 811, 812, 813),  # inbound rules
        900,  # statistics
        *range(1000, 1004),  # bounces
        *(1100, 1101, 1105, 1109, *range(1120, 1124), 1125, 1130, 1131),  # templates
        *(1223, 1224, 1225, *range(1227, 1235), 1237),  # managing message streams
    }
)
"""Codes of other parts of the API."""

_SENDER = re.compile(r"'(From|ReplyTo|MessageStream)'", re.IGNORECASE)
_COPY = re.compile(r"'(Cc|Bcc)'", re.IGNORECASE)
_RECIPIENT = re.compile(r"'To'|recipient|illegal email", re.IGNORECASE)


def failure_by_code(code: int, text: str = "") -> Failure:
    """Return the failure of an ErrorCode.

    `text` is the Message, which decides for 300.

    300 stands for a bad sender, which an admin can fix, for a bad recipient, and for anything
    else in the mail.
    """
    if code == INVALID_REQUEST:
        if _SENDER.search(text):
            return Failure.MISCONFIGURED
        if _COPY.search(text):
            return Failure.BAD_CONTENT  # sent once more without copies
        return Failure.BAD_RECIPIENT if _RECIPIENT.search(text) else Failure.BAD_CONTENT
    if code in OTHER_API_CODES:
        return Failure.MISCONFIGURED
    return CODES.get(code, Failure.UNKNOWN)
