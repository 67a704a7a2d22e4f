"""What follows from an attempt to send: done, later, or never. Pure."""

from dataclasses import dataclass
from enum import StrEnum

LEASE = 60.0
"""Seconds for which a claimed notice belongs to its replica, unless a setting says otherwise."""

RETRY_FOR = 24 * 3600.0
FALLBACK_AFTER_ATTEMPTS = 5
FALLBACK_BEFORE = 60.0
"""Seconds that a vendor may ask to wait without the fallback being told at once."""
FIRST_DELAY = 1.0
LONGEST_DELAY = 300.0
MISCONFIGURED_DELAY = 300.0


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims notices, and for how many seconds a claim holds."""

    name: str
    lease: float = LEASE

    def until(self, now: float) -> float:
        """The end of a claim made at `now`, of the clock that leases are judged by."""
        return now + self.lease

    @property
    def deadline(self) -> float:
        """Seconds after which an attempt counts as lost: before anybody may take it over."""
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
    INTERNAL = "internal"  # our own fault while sending


PERMANENT = frozenset({Failure.BAD_RECIPIENT, Failure.BAD_CONTENT})


class SendError(Exception):
    """A channel could not deliver.

    `perhaps` means that the vendor may have accepted the message all the same (the connection
    broke after the request was written). `retry_after` is what the vendor asked for, in seconds.
    The detail must be free of secrets: it is stored and shown.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str,
        *,
        retry_after: float | None = None,
        perhaps: bool = False,
    ) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = detail[:500]
        self.retry_after = retry_after
        self.perhaps = perhaps


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do after a failed attempt."""

    next_attempt_at: float | None  # None: dead letter
    fall_back: bool  # tell the fallback receiver now


def after_failure(
    error: SendError, *, attempts: int, first_attempt_at: float, now: float, jitter: float
) -> Verdict:
    """Decide after attempt number `attempts` (counted from 1) failed.

    `jitter` in [0, 1) spreads retries so that a recovering vendor is not hit by all at once.
    A permanent failure is a dead letter at once. A misconfigured channel is tried again slowly,
    for an admin may mend it. Everything else backs off exponentially, never sooner than the
    vendor's Retry-After, for a day.
    """
    if error.failure in PERMANENT:
        return Verdict(None, fall_back=True)
    if error.failure is Failure.MISCONFIGURED:
        delay = MISCONFIGURED_DELAY
        fall_back = True
    else:
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts - 1, 16))
        fall_back = attempts >= FALLBACK_AFTER_ATTEMPTS
    delay *= 0.75 + 0.5 * jitter
    if error.retry_after is not None:
        delay = max(delay, error.retry_after)
        fall_back = fall_back or delay > FALLBACK_BEFORE
    if now + delay - first_attempt_at > RETRY_FOR:
        return Verdict(None, fall_back=True)
    return Verdict(now + delay, fall_back=fall_back)
