"""What Twilio's answers mean."""

import json
from collections.abc import Mapping

from gateway.channels.support.http_errors import (
    MAX_RETRY_AFTER,
    retry_after,
    status_failure,
    vendor_text,
)
from gateway.channels.twilio.codes import QUEUE_FULL, failure_by_code, with_hint
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret

VENDOR = "Twilio"

_LOWEST_CODE = 10_000
"""Error codes have five digits. Smaller numbers are HTTP statuses, which say less."""


def failure_of(status: int, body: str, headers: Mapping[str, str], token: Secret) -> SendError:
    """Return the failure of an answer other than 2xx."""
    code, text = _code_and_text(body)
    if code is None:
        detail = vendor_text(text, [token]) if text else ""
        by_status = status_failure(status, detail, headers, vendor=VENDOR, scope=Scope.ACCOUNT)
        return by_status or unreadable()
    failure = failure_by_code(code)
    if status == 429:
        failure = Failure.RATE_LIMITED
    elif status >= 500 and failure is Failure.UNKNOWN:
        failure = Failure.SERVER_ERROR
    detail = with_hint(code, vendor_text(text, [token], 150))
    return SendError(
        failure,
        f"{VENDOR} answered {code}: {detail}",
        retry_after=MAX_RETRY_AFTER if code in QUEUE_FULL else retry_after(headers),
        perhaps=status >= 500 and status != 503,
        scope=Scope.ACCOUNT,
    )


def unreadable() -> SendError:
    """Return the failure of a 2xx that is not Twilio's own answer."""
    return SendError(Failure.BAD_ANSWER, f"{VENDOR}'s answer cannot be read", perhaps=True)


def _code_and_text(body: str) -> tuple[str | None, str]:
    """Return the error code, None without one, and the text of an answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None, ""
    if not isinstance(answer, dict):
        return None, ""
    code, text = answer.get("code"), answer.get("message") or answer.get("detail") or ""
    known = isinstance(code, int) and not isinstance(code, bool) and code >= _LOWEST_CODE
    return (str(code) if known else None), str(text)
