"""What vendors answer, read without leaking anything."""

from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

from gateway.core.delivery import Failure, SendError
from gateway.core.escape import one_line
from gateway.core.settings import Secret

LONGEST_RETRY_AFTER = 3600.0
"""A vendor that asks for more is asked again after an hour: the incident may be urgent."""

SHORTEST_SECRET = 4
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
    return min(seconds, LONGEST_RETRY_AFTER)


def said(text: object, secrets: Iterable[Secret] = (), limit: int = 200) -> str:
    """What a vendor said, on one line, short, without the secrets that we sent it."""
    words = str(text)
    for secret in secrets:
        value = secret.reveal()
        if len(value) >= SHORTEST_SECRET:
            words = words.replace(value, "***")
    return one_line(words, limit)


def refused(
    status: int, detail: str, headers: Mapping[str, str], *, vendor: str
) -> SendError | None:
    """The error that an HTTP status alone stands for; None for 2xx.

    Shared by the channels for what their vendors do not say more exactly. 5xx may have been
    accepted before something behind it broke, so those are perhaps delivered.
    """
    if 200 <= status < 300:
        return None
    text = f"{vendor} answered {status}" + (f": {detail}" if detail else "")
    if status == 429:
        return SendError(Failure.RATE_LIMITED, text, retry_after=retry_after(headers))
    if status >= 500:
        asked = retry_after(headers)
        # 503 says "not now" before anything was done.
        return SendError(Failure.SERVER_ERROR, text, retry_after=asked, perhaps=status != 503)
    if status in (401, 403, 407):
        return SendError(Failure.MISCONFIGURED, text)
    if status in (408, 425):
        return SendError(Failure.TIMEOUT, text)
    if 300 <= status < 400:
        return SendError(Failure.MISCONFIGURED, f"{text} (redirects are not followed)")
    return SendError(Failure.BAD_CONTENT, text)
