"""What follows from a failed attempt."""

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
    """After attempt number `attempts` at 1000, the first one `age` seconds before."""
    error = SendError(failure, "said the vendor", retry_after=retry_after)
    return after_failure(
        error, attempts=attempts, first_attempt_at=1000.0 - age, now=1000.0, jitter=jitter
    )


def delay(found: Verdict) -> float:
    assert found.next_attempt_at is not None
    return found.next_attempt_at - 1000.0


def test_gaps_double_up_to_five_minutes() -> None:
    """Promise 13: a dead vendor is asked less and less often, and never forgotten for long."""
    gaps = [delay(verdict(Failure.CONNECTION, attempts)) for attempts in range(1, 13)]
    assert gaps[:4] == [1.0, 2.0, 4.0, 8.0]
    assert gaps[-1] == LONGEST_DELAY


@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_jitter_spreads_by_a_quarter(jitter: float) -> None:
    """A recovering vendor is not hit by all at once."""
    assert 0.75 <= delay(verdict(Failure.SERVER_ERROR, jitter=jitter)) <= 1.25


def test_never_before_retry_after() -> None:
    """E11: what the vendor asked for is the least; a longer gap of our own stays."""
    assert delay(verdict(Failure.RATE_LIMITED, retry_after=30.0)) == 30.0
    assert delay(verdict(Failure.RATE_LIMITED, 10, retry_after=1.0)) == LONGEST_DELAY


def test_a_bad_recipient_is_a_dead_letter_at_once() -> None:
    """E15: and the fallback is notified at once."""
    assert verdict(Failure.BAD_RECIPIENT) == Verdict(None, fall_back=True)


@pytest.mark.parametrize("failure", [Failure.BAD_CONTENT, Failure.UNKNOWN])
def test_refused_content_is_sent_again_at_once(failure: Failure) -> None:
    """E50: in its simplest form, before anybody else is notified."""
    assert verdict(failure) == Verdict(1000.0, fall_back=False)


def test_a_wrong_token_is_tried_slowly_and_told_at_once() -> None:
    """An admin may mend it; until then the fallback must know."""
    found = verdict(Failure.MISCONFIGURED)
    assert found.fall_back
    assert delay(found) == 300.0


def test_the_fallback_comes_after_some_attempts() -> None:
    """Promise 13: not at the first hiccup, and not after hours."""
    says = [verdict(Failure.TIMEOUT, n).fall_back for n in range(1, 8)]
    assert says == [n >= FALLBACK_AFTER_ATTEMPTS for n in range(1, 8)]


def test_after_a_day_it_is_a_dead_letter() -> None:
    """Nothing is tried for ever, nothing is given up in silence."""
    assert verdict(Failure.TIMEOUT, 300, age=RETRY_FOR - 301.0).next_attempt_at is not None
    assert verdict(Failure.TIMEOUT, 300, age=RETRY_FOR) == Verdict(None, fall_back=True)
