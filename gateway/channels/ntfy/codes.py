"""ntfy's error codes and what each means for a message.

Source: ntfy, server/errors.go and docs/publish.md. Codes of other parts of the API do not answer a
message; they count as unknown.
"""

from collections.abc import Mapping

from gateway.core.incidents.retry import Failure

CODES: Mapping[int, Failure] = {
    40007: Failure.BAD_CONTENT,  # priority
    40009: Failure.BAD_RECIPIENT,  # topic
    40010: Failure.BAD_RECIPIENT,  # topic that the server does not allow
    40011: Failure.BAD_CONTENT,  # not UTF-8
    40014: Failure.BAD_CONTENT,  # longer than a message, where attachments are off
    40017: Failure.BAD_CONTENT,  # JSON with wrong fields
    40018: Failure.BAD_CONTENT,  # buttons
    40024: Failure.BAD_CONTENT,  # not JSON
    40101: Failure.MISCONFIGURED,  # token or password
    40301: Failure.MISCONFIGURED,  # the user may not publish to this topic
    40401: Failure.MISCONFIGURED,  # the url leads elsewhere
    41301: Failure.BAD_CONTENT,  # attachment
    41303: Failure.BAD_CONTENT,  # JSON body
    42901: Failure.RATE_LIMITED,  # requests of this address
    42904: Failure.RATE_LIMITED,  # topics of the whole server
    42905: Failure.RATE_LIMITED,  # attachments of a day
    42908: Failure.RATE_LIMITED,  # messages of a day
    42909: Failure.RATE_LIMITED,  # failed logins of this address: right tokens fail, too
    50001: Failure.SERVER_ERROR,
    50002: Failure.SERVER_ERROR,
    50003: Failure.MISCONFIGURED,  # the server has no base-url
    50701: Failure.SERVER_ERROR,  # its disk is full
}
"""Codes that may answer a message."""

WAITS: Mapping[int, float] = {
    42901: 5.0,  # one request comes back every five seconds
    42904: 300.0,
    42905: 300.0,
    42908: 300.0,  # until midnight, UTC; somebody else is notified meanwhile
    42909: 60.0,  # one more login a minute
}
"""Seconds to wait where the server says none: it sends no Retry-After."""
