"""Retries, fallbacks and dead letters after a failed attempt."""

import pytest

from gateway.core.incidents.retry import (
    FALLBACK_AFTER_ATTEMPTS,
    LONGEST_DELAY,
    RETRY_FOR,
    Failure,
    SendError,
    Verdict,
    after_failure,
)


def verdict(
    failure: Failure,
    attempts: int = 1,
    *,
    retry_after: float | None = None,
    age: float = 0.0,
    jitter: float = 0.5,
) -> Verdict:
    """Return what follows attempt number `attempts` at 1000, the first one `age` seconds before."""
    error = SendError(failure, "refused", retry_after=retry_after)
    return after_failure(
        error, attempts=attempts, first_attempt_at=1000.0 - age, now=1000.0, jitter=jitter
    )


def delay(verdict: Verdict) -> float:
    """Return the seconds until the next attempt."""
    assert verdict.next_attempt_at is not None
    return verdict.next_attempt_at - 1000.0


def test_failed_attempts_double_the_delay_up_to_five_minutes() -> None:
    """Promise 13: A dead vendor is retried less and less often, but always."""
    gaps = [delay(verdict(Failure.CONNECTION, attempts)) for attempts in range(1, 13)]
    assert gaps[:4] == [1.0, 2.0, 4.0, 8.0]
    assert gaps[-1] == LONGEST_DELAY


@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_jitter_changes_the_delay_by_a_quarter(jitter: float) -> None:
    """A recovering vendor does not receive all retries at once."""
    assert 0.75 <= delay(verdict(Failure.SERVER_ERROR, jitter=jitter)) <= 1.25


def test_retry_after_is_the_shortest_delay() -> None:
    """E11: A retry never comes before Retry-After; a longer delay of our own stays."""
    assert delay(verdict(Failure.RATE_LIMITED, retry_after=30.0)) == 30.0
    assert delay(verdict(Failure.RATE_LIMITED, 10, retry_after=1.0)) == LONGEST_DELAY


def test_bad_recipient_is_a_dead_letter_at_once() -> None:
    """E15: An unknown recipient is not retried, and the fallback is notified at once."""
    assert verdict(Failure.BAD_RECIPIENT) == Verdict(None, fall_back=True)


@pytest.mark.parametrize("failure", [Failure.BAD_CONTENT, Failure.UNKNOWN])
def test_refused_content_is_sent_again_at_once(failure: Failure) -> None:
    """E50: Refused content is sent again in its simplest form before any fallback."""
    assert verdict(failure) == Verdict(1000.0, fall_back=False)


def test_wrong_token_is_retried_slowly_and_falls_back_at_once() -> None:
    """The fallback is notified while an admin may still correct the token."""
    result = verdict(Failure.MISCONFIGURED)
    assert result.fall_back
    assert delay(result) == 300.0


def test_fallback_follows_after_some_attempts() -> None:
    """Promise 13: The fallback follows neither the first failure nor hours of them."""
    fallbacks = [verdict(Failure.TIMEOUT, n).fall_back for n in range(1, 8)]
    assert fallbacks == [n >= FALLBACK_AFTER_ATTEMPTS for n in range(1, 8)]


def test_notice_is_a_dead_letter_after_a_day() -> None:
    """Retries end after a day, and the fallback is notified."""
    assert verdict(Failure.TIMEOUT, 300, age=RETRY_FOR - 301.0).next_attempt_at is not None
    assert verdict(Failure.TIMEOUT, 300, age=RETRY_FOR) == Verdict(None, fall_back=True)
