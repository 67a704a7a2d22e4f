"""What Postmark's answers mean, as postmarker lets them through.

HTTP statuses and ErrorCodes share numbers with different meanings, so they are kept apart. The
codes are in `codes`.
"""

from collections.abc import Mapping

import requests
from postmarker.exceptions import ClientError
from requests import exceptions as broken

from gateway.channels.email.postmark.codes import failure_by_code
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import retry_after, status_failure, vendor_text
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret


def failure_of(error: Exception, token: Secret) -> SendError:
    """Return the failure that an exception of postmarker's send stands for."""
    if isinstance(error, ClientError):
        cause = error.__cause__
        response = cause.response if isinstance(cause, requests.HTTPError) else None
        return _client_failure(error, response, token)
    if isinstance(error, KeyError):
        # JSON without an ErrorCode comes from a proxy. postmarker loses its status.
        return SendError(Failure.BAD_ANSWER, "the answer is not Postmark's", perhaps=True)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        response = error.response
        by_status = status_failure(
            response.status_code, "", response.headers, vendor="Postmark", scope=Scope.ACCOUNT
        )
        if by_status is not None:
            return by_status
    if isinstance(error, broken.TooManyRedirects):
        return SendError(Failure.MISCONFIGURED, "the Postmark api_url answers with a redirect")
    if isinstance(error, broken.JSONDecodeError):
        return SendError(Failure.BAD_ANSWER, "Postmark's answer is not JSON", perhaps=True)
    return connection_failure(error)


def bad_answer(answer: object, token: Secret) -> SendError:
    """Return the failure of a 200 whose body is not Postmark's "accepted"."""
    if isinstance(answer, dict) and isinstance(answer.get("ErrorCode"), int):
        return _by_code(answer["ErrorCode"], vendor_text(answer.get("Message", ""), [token]))
    return SendError(Failure.BAD_ANSWER, "Postmark's answer cannot be read", perhaps=True)


def skips(answer: Mapping[str, object], address: str) -> bool:
    """Return whether an accepted mail does not go to this one of its recipients.

    Of a mail to several, Postmark sends the copies and names the inactive addresses in the
    Message of its 200 ("Email API", responses).
    """
    message = str(answer.get("Message", ""))
    names = message.partition("inactive addresses:")[2].partition(". ")[0]
    return address.lower() in [one.strip().lower() for one in names.split(",")]


def inactive(answer: Mapping[str, object], token: Secret) -> SendError:
    """Return the failure of a mail whose copies alone are sent."""
    detail = f"only the copies were sent: {vendor_text(answer.get('Message', ''), [token])}"
    return SendError(Failure.BAD_RECIPIENT, detail)


def _client_failure(
    error: ClientError, response: requests.Response | None, token: Secret
) -> SendError:
    detail = vendor_text(error, [token])
    status = response.status_code if response is not None else 0
    headers = response.headers if response is not None else {}
    if status == 429:
        wait = retry_after(headers)
        return SendError(Failure.RATE_LIMITED, detail, retry_after=wait, scope=Scope.ACCOUNT)
    if status >= 500:
        failure = status_failure(status, detail, headers, vendor="Postmark")
        assert failure is not None
        return failure
    if status == 413:
        return SendError(Failure.BAD_CONTENT, detail)
    code = error.error_code
    return _by_code(code if isinstance(code, int) else -1, detail, status)


def _by_code(code: int, detail: str, status: int = 422) -> SendError:
    """Return the failure of an ErrorCode.

    The HTTP status decides about an unknown one.
    """
    failure = failure_by_code(code, detail)
    if failure is Failure.UNKNOWN and status not in (200, 400, 422):
        by_status = status_failure(status, detail, {}, vendor="Postmark", scope=Scope.ACCOUNT)
        if by_status is not None:
            return by_status
    return SendError(failure, f"Postmark says {detail}", scope=Scope.ACCOUNT)
