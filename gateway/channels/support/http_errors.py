"""What vendors answer, read without leaking anything."""

import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret
from gateway.core.text.escape import one_line
from gateway.log import redact

MAX_RETRY_AFTER = 3600.0
"""A vendor that asks for more is asked again after an hour: the incident may be urgent."""

BY_STATUS: Mapping[int, Failure] = {
    400: Failure.BAD_CONTENT,
    401: Failure.MISCONFIGURED,
    402: Failure.MISCONFIGURED,  # an unpaid account
    403: Failure.MISCONFIGURED,
    404: Failure.MISCONFIGURED,  # the URL leads nowhere
    405: Failure.MISCONFIGURED,  # the URL takes no POST
    407: Failure.MISCONFIGURED,  # a proxy wants credentials
    408: Failure.TIMEOUT,
    410: Failure.MISCONFIGURED,  # the URL was taken away
    411: Failure.BAD_CONTENT,
    413: Failure.BAD_CONTENT,  # too large
    414: Failure.MISCONFIGURED,  # the URL is too long
    415: Failure.BAD_CONTENT,
    422: Failure.BAD_CONTENT,
    425: Failure.TIMEOUT,
    431: Failure.BAD_CONTENT,  # headers too large
    451: Failure.MISCONFIGURED,  # blocked for legal reasons
}
"""What an HTTP status from 400 to 499 means where the vendor says no more (RFC 9110, 15.5)."""

_CREDENTIALS = (
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}"), "***"),  # Slack's tokens
    (re.compile(r"(https?://)[^/\s@]+@", re.IGNORECASE), r"\1***@"),
    (re.compile(r"(hooks\.slack\.com/services/)[A-Za-z0-9/_-]+", re.IGNORECASE), r"\1***"),
)

MIN_SECRET_LENGTH = 4
"""Shorter values are not blanked out of texts: they would blank half of the words."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks us to wait (RFC 9110, 10.2.3), or None.

    A date is taken relative to the answer's own Date header, so no clock is read and the two
    machines need not agree on the time.
    """
    asked = headers.get("Retry-After", "").strip()
    if not asked:
        return None
    try:
        seconds = float(asked)
    except ValueError:
        try:
            until = parsedate_to_datetime(asked)
            seconds = (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
        except (ValueError, TypeError):
            return None
    if not seconds >= 0:  # negative, or not a number
        return None
    return min(seconds, MAX_RETRY_AFTER)


def masked(text: str) -> str:
    """Return a vendor's text without secrets: the one function for all that vendors say.

    Besides every secret of the configuration and the tokens of links it masks what looks like a
    credential: the vendor may repeat one that belongs to somebody else.
    """
    text = redact(text)
    for pattern, instead in _CREDENTIALS:
        text = pattern.sub(instead, text)
    return text


def vendor_text(text: object, secrets: Iterable[Secret] = (), limit: int = 200) -> str:
    """Return what a vendor said, on one line, short and masked, without the secrets we sent it."""
    words = masked(str(text))
    for secret in secrets:
        value = secret.reveal()
        if len(value) >= MIN_SECRET_LENGTH:
            words = words.replace(value, "***")
    return one_line(words, limit)


def status_failure(
    status: int,
    detail: str,
    headers: Mapping[str, str],
    *,
    vendor: str,
    scope: Scope = Scope.TARGET,
) -> SendError | None:
    """The error that an HTTP status alone stands for; None for 2xx.

    Shared by the channels for what their vendors do not say more exactly. 5xx may have been
    accepted before something behind it broke, so those are perhaps delivered. `scope` is what the
    vendor's rate limit concerns.
    """
    if 200 <= status < 300:
        return None
    text = f"{vendor} answered {status}" + (f": {detail}" if detail else "")
    if status == 429:
        asked = retry_after(headers)
        return SendError(Failure.RATE_LIMITED, text, retry_after=asked, scope=scope)
    if status >= 500:
        asked = retry_after(headers)
        # 503 says "not now" before anything was done.
        return SendError(Failure.SERVER_ERROR, text, retry_after=asked, perhaps=status != 503)
    if 300 <= status < 400:
        return SendError(Failure.MISCONFIGURED, f"{text} (redirects are not followed)")
    return SendError(BY_STATUS.get(status, Failure.UNKNOWN), text)
