"""What PagerDuty's answers mean, as pdpyras lets them through.

pdpyras makes a PDServerError of an exact 500 only; the status of the answer decides.
"""

from typing import Any

import requests

from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import status_failure, vendor_text
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret


def failure_of(error: Exception, routing_key: Secret) -> SendError:
    """Return the failure that an exception of pdpyras's send_event stands for.

    The exception must not go further: the request in it holds the routing key.
    """
    response = getattr(error, "response", None)
    if isinstance(response, requests.Response):
        return _answered(response, routing_key)
    cause = error.__cause__
    if isinstance(cause, requests.TooManyRedirects):
        return SendError(Failure.MISCONFIGURED, "the PagerDuty api_url answers with a redirect")
    if isinstance(cause, requests.RequestException):
        return connection_failure(cause)
    return connection_failure(error)


def _answered(response: requests.Response, routing_key: Secret) -> SendError:
    status = response.status_code
    if status < 300:
        return SendError(Failure.BAD_ANSWER, "PagerDuty's answer cannot be read", perhaps=True)
    error_text = vendor_text("; ".join(_error_texts(response)), [routing_key], 300)
    if status == 400 and ("routing key" in error_text.lower() or "routing_key" in error_text):
        # The integration is gone or the key was mistyped: an admin can fix that.
        detail = f"PagerDuty says: {error_text}"
        return SendError(Failure.MISCONFIGURED, detail, bad_address=True)
    failure = status_failure(status, error_text, response.headers, vendor="PagerDuty")
    assert failure is not None, "below 300 was handled above"
    return failure


def _error_texts(response: requests.Response) -> list[str]:
    try:
        content: Any = response.json()
    except ValueError:
        return []
    if not isinstance(content, dict):
        return []
    errors = content.get("errors")
    if isinstance(errors, list) and errors:
        return [str(item) for item in errors]
    return [str(content["message"])] if content.get("message") else []
