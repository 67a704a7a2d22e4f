"""Failures by HTTP status, and vendors' texts without secrets."""

import re
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret
from gateway.core.text.escape import one_line
from gateway.log import redact

MAX_RETRY_AFTER = 3600.0
"""Seconds. A vendor that asks for more is tried again after an hour: the incident may be urgent."""

BY_STATUS: Mapping[int, Failure] = {
    400: Failure.BAD_CONTENT,
    401: Failure.MISCONFIGURED,
    402: Failure.MISCONFIGURED,  # an unpaid account
    403: Failure.MISCONFIGURED,
    404: Failure.MISCONFIGURED,  # there is nothing at the URL
    405: Failure.MISCONFIGURED,  # the URL takes no POST
    407: Failure.MISCONFIGURED,  # a proxy needs credentials
    408: Failure.TIMEOUT,
    410: Failure.MISCONFIGURED,  # the URL no longer exists
    411: Failure.BAD_CONTENT,
    413: Failure.BAD_CONTENT,  # too large
    414: Failure.MISCONFIGURED,  # the URL is too long
    415: Failure.BAD_CONTENT,
    422: Failure.BAD_CONTENT,
    425: Failure.TIMEOUT,
    431: Failure.BAD_CONTENT,  # headers too large
    451: Failure.MISCONFIGURED,  # blocked for legal reasons
}
"""What a status from 400 to 499 means if the vendor gives no more detail (RFC 9110, 15.5)."""

_CREDENTIALS = (
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}"), "***"),  # Slack's tokens
    (re.compile(r"(https?://)[^/\s@]+@", re.IGNORECASE), r"\1***@"),
    (re.compile(r"(hooks\.slack\.com/services/)[A-Za-z0-9/_-]+", re.IGNORECASE), r"\1***"),
)

MIN_SECRET_LENGTH = 4
"""Characters. Shorter values are not masked: they would mask parts of ordinary words."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait before a retry (RFC 9110, 10.2.3), or None.

    A date is taken relative to the answer's own Date header, so no clock is read and the two
    machines need not agree on the time.
    """
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
            seconds = (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
        except (ValueError, TypeError):
            return None
    if not seconds >= 0:  # negative, or not a number
        return None
    return min(seconds, MAX_RETRY_AFTER)


def masked(text: str) -> str:
    """Return a vendor's text without secrets. Every vendor's text passes through here.

    Masked are all secrets of the configuration, the tokens of links, and anything that looks like
    a credential: the vendor may repeat someone else's.
    """
    text = redact(text)
    for pattern, instead in _CREDENTIALS:
        text = pattern.sub(instead, text)
    return text


def vendor_text(text: object, secrets: Iterable[Secret] = (), limit: int = 200) -> str:
    """Return a vendor's text on one short line, without our secrets."""
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
    """Return the error that an HTTP status stands for, or None for 2xx.

    Channels use it where the vendor gives no more detail. After a 5xx the message may have been
    accepted before a later part failed. `scope` is what the vendor's rate limit concerns.
    """
    if 200 <= status < 300:
        return None
    text = f"{vendor} answered {status}" + (f": {detail}" if detail else "")
    if status == 429:
        wait = retry_after(headers)
        return SendError(Failure.RATE_LIMITED, text, retry_after=wait, scope=scope)
    if status >= 500:
        wait = retry_after(headers)
        # 503 is answered before anything was done.
        return SendError(Failure.SERVER_ERROR, text, retry_after=wait, perhaps=status != 503)
    if 300 <= status < 400:
        return SendError(Failure.MISCONFIGURED, f"{text} (redirects are not followed)")
    return SendError(BY_STATUS.get(status, Failure.UNKNOWN), text)
