"""What follows from a failed attempt to send: a retry, the fallback, or a dead letter. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from gateway.core.errors import GatewayError

LEASE = 60.0
"""Seconds for which a claimed notice belongs to its replica, unless a setting says otherwise."""

RETRY_FOR = 24 * 3600.0
"""Seconds after the first attempt until a notice becomes a dead letter. Higher: people receive
older messages after an outage."""
FALLBACK_AFTER_ATTEMPTS = 5
"""Failed attempts after which the fallback is notified: with the delays below about 15 seconds.
Higher: a page reaches nobody for longer. Lower: short outages notify the fallback too."""
FALLBACK_BEFORE = 60.0
"""Longest Retry-After, in seconds, for which a less urgent notice waits without its fallback."""
URGENT_PATIENCE = 15.0
"""The same for an urgent notice: as long as five attempts at a failing vendor take."""
LONGEST_HOLD = 300.0
"""Longest Retry-After, in seconds, that is honoured. Higher values leave a channel silent for
longer when a vendor sends an absurd one; lower values send to a vendor that asked to wait."""
PROBE_EVERY = 60.0
"""Seconds between two attempts of urgent notices at a target or account on hold."""
FIRST_DELAY = 1.0
"""Seconds before the second attempt; each later delay is twice the one before."""
LONGEST_DELAY = 300.0
"""Seconds that the delay between attempts may reach."""
MISCONFIGURED_DELAY = 300.0
"""Seconds between attempts while an admin has to correct the account or its settings."""

LONGEST_DETAIL = 500
"""Characters of a vendor's answer that are stored with an attempt."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """The replica that claims notices, and for how many seconds a claim holds."""

    name: str
    lease: float = LEASE

    def until(self, now: float) -> float:
        """Return the end of a claim made at `now`, on the clock that leases are measured by."""
        return now + self.lease

    @property
    def deadline(self) -> float:
        """Seconds after which an attempt is given up, before another replica may claim it."""
        return 0.75 * self.lease


class Failure(StrEnum):
    """Why an attempt failed: a closed set, and the label of the metric."""

    RATE_LIMITED = "rate limited"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    SERVER_ERROR = "server error"
    BAD_ANSWER = "bad answer"
    MISCONFIGURED = "misconfigured"  # credentials, scopes, unknown account: an admin must act
    BAD_RECIPIENT = "bad recipient"  # bounced, suppressed, no such channel
    BAD_CONTENT = "bad content"
    UNKNOWN = "unknown error"  # refused with a code that is in no table
    INTERNAL = "internal"  # a fault of the gateway while sending


class Scope(StrEnum):
    """What a vendor's rate limit concerns."""

    TARGET = "target"
    ACCOUNT = "account"
    UNKNOWN = "unknown"  # the answer does not say which of the two


PERMANENT = frozenset({Failure.BAD_RECIPIENT, Failure.BAD_CONTENT})
"""Failures of one message. They say nothing about the health of the channel."""

REDUCIBLE = frozenset({Failure.BAD_CONTENT, Failure.UNKNOWN})
"""Failures after which the message is sent once more in its reduced form (`Message.reduced`)."""


class SendError(GatewayError):
    """A channel could not deliver.

    `perhaps` means that the vendor may have accepted the message all the same (the connection
    broke after the request was written). `retry_after` is what the vendor asked for, in seconds.
    `scope` says what a rate limit concerns. `mendable` means that an admin may mend the cause at
    the vendor, as with an app that was not invited to its channel. `bad_address` means that nothing
    sent to this address arrives until somebody corrects it, although the failure is not a
    BAD_RECIPIENT.
    The detail must hold no secrets, because it is stored and shown.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str,
        *,
        retry_after: float | None = None,
        perhaps: bool = False,
        scope: Scope = Scope.TARGET,
        mendable: bool = False,
        bad_address: bool = False,
    ) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = detail[:LONGEST_DETAIL]
        self.retry_after = retry_after
        self.perhaps = perhaps
        self.scope = scope
        self.bad_address = bad_address
        self.mendable = mendable or failure in (Failure.MISCONFIGURED, Failure.UNKNOWN)

    def masked(self, mask: Callable[[str], str]) -> Self:
        """Mask secrets in all texts of the error. Returns itself."""
        self.args = tuple(mask(str(arg)) for arg in self.args)
        # Not from the detail, which is cut and may end in half a secret.
        self.detail = self.args[0].removeprefix(f"{self.failure.value}: ")[:LONGEST_DETAIL]
        return self


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do after a failed attempt."""

    next_attempt_at: float | None  # None: dead letter
    fall_back: bool  # notify the fallback receiver now


def after_failure(
    error: SendError,
    *,
    attempts: int,
    first_attempt_at: float,
    now: float,
    jitter: float,
    urgent: bool = False,
    refused: bool = False,
) -> Verdict:
    """Decide after attempt number `attempts` (counted from 1) failed.

    `jitter` in [0, 1) spreads retries so that a recovering vendor is not hit by all at once.
    Content that is refused is sent again at once in its reduced form, unless it was `refused`
    before. What an admin may mend is tried again slowly; another permanent failure is a dead
    letter at once. Everything else backs off exponentially for a day. A vendor's Retry-After is
    honoured up to LONGEST_HOLD, by urgent notices up to PROBE_EVERY.
    """
    if error.failure in REDUCIBLE and not refused:
        return Verdict(now, fall_back=False)
    if error.failure in PERMANENT and not error.mendable:
        return Verdict(None, fall_back=True)
    if error.mendable:
        delay = MISCONFIGURED_DELAY
        fall_back = True
    else:
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts - 1, 16))
        fall_back = attempts >= FALLBACK_AFTER_ATTEMPTS
    delay *= 0.75 + 0.5 * jitter
    if error.retry_after is not None:
        delay = max(delay, min(error.retry_after, LONGEST_HOLD))
        patience = URGENT_PATIENCE if urgent else FALLBACK_BEFORE
        fall_back = fall_back or error.retry_after > patience
    if urgent and error.failure is Failure.RATE_LIMITED:
        delay = min(delay, PROBE_EVERY)
    if now + delay - first_attempt_at > RETRY_FOR:
        return Verdict(None, fall_back=True)
    return Verdict(now + delay, fall_back=fall_back)
