"""What Slack's errors mean for a notice.

HTTP 200 says nothing: `ok` and `error` in the body decide. See `codes` for the strings.
"""

from slack_sdk.errors import SlackApiError

from gateway.channels.slack.codes import HINTS, POSSIBLY_ACCEPTED, failure_by_code
from gateway.channels.support.http_errors import retry_after, status_failure, vendor_text
from gateway.core.incidents.retry import Failure, Scope, SendError
from gateway.core.plan.accounts import Secret


def is_error(error: SlackApiError, names: frozenset[str]) -> bool:
    """Return whether Slack's answer has one of these error strings."""
    return error_name(error) in names


def error_name(error: SlackApiError) -> str:
    """Return the error string, "" if the answer is not one of Slack's API.

    The SDK's own response.get() trips over an answer of plain text.
    """
    data = error.response.data
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def failure_of(error: SlackApiError, token: Secret) -> SendError:
    """Return the failure that Slack's answer stands for.

    A target that Slack refuses is mendable: an invitation to the app or an unarchived channel
    is enough. The response object must not go further: its req_args hold the token.
    """
    response = error.response
    name = error_name(error)
    headers = response.headers or {}
    if not name:
        by_status = status_failure(
            response.status_code, "", headers, vendor="Slack", scope=Scope.UNKNOWN
        )
        return by_status or SendError(
            Failure.BAD_ANSWER, "Slack's answer is not one of its API", perhaps=True
        )
    failure, perhaps = failure_by_code(name), name in POSSIBLY_ACCEPTED
    if response.status_code == 429:
        failure = Failure.RATE_LIMITED
    elif response.status_code >= 500 and failure is Failure.UNKNOWN:
        failure, perhaps = Failure.SERVER_ERROR, True
    return SendError(
        failure,
        f"Slack says {vendor_text(name, [token], 100)}" + _hint(name, response.data, token),
        retry_after=retry_after(headers),
        perhaps=perhaps,
        scope=Scope.UNKNOWN,
        mendable=failure is Failure.BAD_RECIPIENT,
    )


def _hint(name: str, data: object, token: Secret) -> str:
    needed = vendor_text(data.get("needed", ""), [token], 60) if isinstance(data, dict) else ""
    hints = [f"needs {needed}" if needed else "", HINTS.get(name, "")]
    text = "; ".join(hint for hint in hints if hint)
    return f" ({text})" if text else ""
