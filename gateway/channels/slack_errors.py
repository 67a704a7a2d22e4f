"""What Slack's errors mean for a notice.

The lists are those of slack-ruby/slack-api-ref, methods chat.postMessage and chat.update. HTTP 200
says nothing: `ok` and `error` in the body decide.
"""

import aiohttp
from slack_sdk.errors import SlackApiError

from gateway.channels.answers import refused, retry_after, said
from gateway.core.delivery import Failure, SendError
from gateway.core.settings import Secret

BAD_BLOCKS = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "invalid_attachments",
        "metadata_too_large",
        "metadata_must_be_sent_from_app",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_arguments",
    }
)
"""Our content is at fault: plain text may still pass."""

POST_ANEW = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "block_mismatch",
    }
)
"""The message cannot be updated any more."""

THREAD_GONE = frozenset({"thread_not_found", "cannot_reply_to_message", "thread_locked"})

_LATER = {
    "ratelimited": Failure.RATE_LIMITED,
    "rate_limited": Failure.RATE_LIMITED,
    "internal_error": Failure.SERVER_ERROR,
    "fatal_error": Failure.SERVER_ERROR,
    "service_unavailable": Failure.SERVER_ERROR,
    "request_timeout": Failure.TIMEOUT,
    "external_channel_migrating": Failure.SERVER_ERROR,
    "team_added_to_org": Failure.SERVER_ERROR,
    "org_login_required": Failure.SERVER_ERROR,
}
_PERHAPS = frozenset({"internal_error", "fatal_error", "request_timeout"})
_CONFIG = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "accesslimited",
        "ekm_access_denied",
        "two_factor_setup_required",
        "team_access_not_granted",
    }
)
_TARGET = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "is_inactive",
        "user_not_found",
        "cannot_dm_bot",
    }
)


def is_error(error: SlackApiError, names: frozenset[str]) -> bool:
    """Whether Slack's answer carries one of these error strings."""
    return error_name(error) in names


def error_name(error: SlackApiError) -> str:
    """The error string, "" when the answer is not one of Slack's API.

    The SDK's own response.get() trips over an answer of plain text.
    """
    data = error.response.data
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def failure_of(error: SlackApiError, token: Secret) -> SendError:
    """The failure that Slack's answer stands for.

    An unknown string is permanent for this notice, never a success. The response object must not
    go further: its req_args hold the token.
    """
    response = error.response
    name = error_name(error)
    headers = response.headers or {}
    if not name:
        by_status = refused(response.status_code, "", headers, vendor="Slack")
        return by_status or SendError(
            Failure.BAD_ANSWER, "Slack's answer is not one of its API", perhaps=True
        )
    detail = f"Slack says {said(name, [token], 100)}"
    if response.status_code == 429:
        return SendError(Failure.RATE_LIMITED, detail, retry_after=retry_after(headers))
    if name in _LATER:
        return SendError(
            _LATER[name], detail, retry_after=retry_after(headers), perhaps=name in _PERHAPS
        )
    if response.status_code >= 500:
        return SendError(Failure.SERVER_ERROR, detail, perhaps=True)
    if name in _CONFIG:
        needed = said(response.data.get("needed", ""), [token], 60)
        return SendError(Failure.MISCONFIGURED, detail + (f", needs {needed}" if needed else ""))
    if name in _TARGET or name.startswith("restricted_action"):
        return SendError(Failure.BAD_RECIPIENT, detail)
    return SendError(Failure.BAD_CONTENT, detail)


def gone_wrong(error: Exception) -> SendError:
    """The failure that no answer at all stands for. The texts of aiohttp may hold URLs."""
    what = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return SendError(Failure.CONNECTION, f"cannot connect ({what})")
    if isinstance(error, TimeoutError):
        return SendError(Failure.TIMEOUT, "no answer in time", perhaps=True)
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ContentTypeError):
        return SendError(Failure.BAD_ANSWER, f"the answer broke off ({what})", perhaps=True)
    return SendError(Failure.CONNECTION, f"the connection broke ({what})", perhaps=True)
