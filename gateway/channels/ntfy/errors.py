"""What ntfy's answers mean."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.channels.ntfy.codes import CODES, WAITS
from gateway.channels.support.http_errors import retry_after, status_failure, vendor_text
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret

VENDOR = "ntfy"


def failure_of(
    status: int, headers: Mapping[str, str], text: str, secrets: Iterable[Secret]
) -> SendError | None:
    """Return the error of an answer, None for 2xx. An error of a proxy has no code of ntfy's."""
    answer = _json(text)
    code = answer["code"] if isinstance(answer.get("code"), int) else 0
    failure = CODES.get(code)
    detail = vendor_text(answer.get("error", text), secrets)
    if 200 <= status < 400 or failure is None:
        return status_failure(status, detail, headers, vendor=VENDOR, scope=Scope.ACCOUNT)
    wait = retry_after(headers)
    if wait is None and failure is Failure.RATE_LIMITED:
        wait = WAITS.get(code)
    return SendError(
        failure,
        f"{VENDOR} answered {status}: {detail} ({code})",
        retry_after=wait,
        perhaps=failure is Failure.SERVER_ERROR and status == 500,
        scope=Scope.ACCOUNT,
    )


def message_id(text: str) -> str:
    """Return the id of a published message. Raises SendError for an answer that is not ntfy's."""
    answer = _json(text)
    id_ = answer.get("id")
    if answer.get("event") != "message" or not isinstance(id_, str):
        raise SendError(Failure.BAD_ANSWER, "the answer is not ntfy's", perhaps=True)
    return id_


def _json(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
