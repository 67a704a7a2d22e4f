"""Holds of targets and accounts after a rate limit."""

import pytest

from gateway.core.incidents.hold import (
    ACCOUNT,
    Hold,
    hold_after,
    lift_holds,
    mark_probed,
    merge_hold,
    wait_on_hold,
)
from gateway.core.incidents.retry import (
    LONGEST_HOLD,
    PROBE_EVERY,
    URGENT_PATIENCE,
    Failure,
    Scope,
    SendError,
    after_failure,
)
from gateway.core.plan.plan import UNKNOWN_RANK, Severity
from tests.core.group_simulation import billing_plan

ANA, BEN = "slack:#ana", "slack:#ben"


def too_fast(retry_after: float | None, scope: Scope = Scope.TARGET) -> SendError:
    """Return the error of a rate limit."""
    return SendError(Failure.RATE_LIMITED, "slow", retry_after=retry_after, scope=scope)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [(None, 1.0), (30.0, 30.0), (300.0, 300.0), (3600.0, LONGEST_HOLD), (1e300, LONGEST_HOLD)],
)
def test_retry_after_holds_a_target_for_five_minutes_at_most(
    retry_after: float | None, seconds: float
) -> None:
    """E49: No Retry-After holds a target for longer than five minutes."""
    hold = hold_after(too_fast(retry_after), ANA, (), 1000.0)
    assert (hold.scope, hold.until, hold.tried_at) == (ANA, 1000.0 + seconds, 1000.0)


def test_notice_that_is_not_urgent_waits_for_the_end_of_the_hold() -> None:
    """E11: Retry-After counts for the refused target only."""
    holds = (Hold(ANA, 1300.0, 1000.0),)
    wait = wait_on_hold(holds, ANA, 1100.0, urgent=False)
    assert wait is not None
    assert (wait.next_at, wait.fall_back) == (1300.0, False)
    assert wait_on_hold(holds, BEN, 1100.0, urgent=False) is None
    assert wait_on_hold(holds, ANA, 1300.0, urgent=False) is None


def test_urgent_notice_is_retried_once_a_minute_and_falls_back() -> None:
    """E49, promise 13: A target on hold is a failing target."""
    holds = (Hold(ANA, 1300.0, 1000.0),)
    wait = wait_on_hold(holds, ANA, 1010.0, urgent=True)
    assert wait is not None
    assert (wait.next_at, wait.fall_back) == (1000.0 + PROBE_EVERY, True)
    assert wait_on_hold(holds, ANA, 1060.0, urgent=True) is None
    again = wait_on_hold(mark_probed(holds, ANA, 1060.0), ANA, 1061.0, urgent=True)
    assert again is not None
    assert again.next_at == 1060.0 + PROBE_EVERY


def test_short_hold_does_not_fall_back() -> None:
    """E11: A second or two, as Slack often asks for, pages nobody else."""
    wait = wait_on_hold((Hold(ANA, 1000.0 + URGENT_PATIENCE, 1000.0),), ANA, 1000.0, urgent=True)
    assert wait is not None
    assert not wait.fall_back


def test_second_refused_target_holds_the_account() -> None:
    """E11: Slack does not say whether it limits the channel or the workspace."""
    first = hold_after(too_fast(30.0, Scope.UNKNOWN), ANA, (), 1000.0)
    assert first.scope == ANA
    second = hold_after(too_fast(30.0, Scope.UNKNOWN), BEN, (first,), 1001.0)
    assert second.scope == ACCOUNT
    assert wait_on_hold((first, second), "slack:#cho", 1002.0, urgent=False) is not None
    expired = hold_after(too_fast(30.0, Scope.UNKNOWN), BEN, (first,), 1031.0)
    assert expired.scope == BEN


def test_account_on_hold_is_retried_once_a_minute_in_all() -> None:
    """E49: Twenty critical targets of one account do not make twenty attempts a minute."""
    holds = merge_hold((), hold_after(too_fast(900.0, Scope.ACCOUNT), ANA, (), 1000.0))
    assert wait_on_hold(holds, BEN, 1060.0, urgent=True) is None
    holds = mark_probed(holds, BEN, 1060.0)
    assert wait_on_hold(holds, "slack:#cho", 1060.0, urgent=True) is not None


def test_shorter_retry_after_does_not_shorten_a_hold() -> None:
    """E11: Of two Retry-After of one target the longer counts."""
    first = hold_after(too_fast(200.0), ANA, (), 1000.0)
    second = hold_after(too_fast(1.0), ANA, (first,), 1060.0)
    assert (second.until, second.tried_at) == (1200.0, 1060.0)


def test_success_of_a_later_attempt_lifts_the_hold() -> None:
    """E11: An attempt that was in flight at the refusal says nothing about the hold."""
    holds = (Hold(ANA, 1300.0, 1000.0), Hold(ACCOUNT, 1300.0, 1060.0))
    assert lift_holds(holds, ANA, 999.0) == holds
    assert lift_holds(holds, ANA, 1030.0) == holds[1:]
    assert lift_holds(holds, BEN, 1060.0) == holds[:1]


@pytest.mark.parametrize(("urgent", "delay"), [(True, PROBE_EVERY), (False, LONGEST_HOLD)])
def test_refused_notice_is_retried_within_the_bound(urgent: bool, delay: float) -> None:
    """E49: The refused notice is retried within a minute if urgent, else within five."""
    for attempts in (1, 12):
        verdict = after_failure(
            too_fast(999_999_999.0),
            attempts=attempts,
            first_attempt_at=1000.0,
            now=1000.0,
            jitter=0.5,
            urgent=urgent,
        )
        assert verdict.fall_back
        assert verdict.next_attempt_at == 1000.0 + delay


def test_most_severe_and_unknown_severities_are_urgent() -> None:
    """Without `severities` every alert is of an unknown severity, so it is urgent."""
    ranks = {"critical": Severity("critical", 1), "warning": Severity("warning", 2)}
    plan = billing_plan(severities=ranks)
    assert [plan.is_urgent(rank) for rank in (1, 2, UNKNOWN_RANK)] == [True, False, True]
    assert billing_plan(severities={}).is_urgent(UNKNOWN_RANK)
