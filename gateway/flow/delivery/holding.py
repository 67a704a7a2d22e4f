"""Holds of an account: what attempts start and lift, and which claimed notices must wait."""

from collections.abc import Collection, Iterable, Sequence
from math import ceil
from typing import NamedTuple

from gateway.core.incidents.hold import (
    ACCOUNT,
    Hold,
    Wait,
    hold_after,
    lift_holds,
    mark_probed,
    merge_hold,
    wait_on_hold,
)
from gateway.core.incidents.retry import Failure
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import target_name
from gateway.core.time.timestamps import format_duration
from gateway.flow.delivery.fallback import fall_back_after
from gateway.flow.delivery.outcome import Outcome, is_urgent
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx
from gateway.store.outbox import ClaimFilter, holds
from gateway.store.state import timeline

Holds = tuple[Hold, ...]


class Sendable(NamedTuple):
    """Claimed notices that may be sent now, and the holds of their account."""

    claimed_notices: list[ClaimedNotice]
    holds: Holds


ON_HOLD = "on hold: the vendor limits the rate"


def holds_after(outcomes: Iterable[Outcome], before: Sequence[Hold]) -> Holds:
    """Return the holds of an account after these attempts."""
    current = tuple(before)
    for outcome in outcomes:
        key = outcome.claimed_notice.notice.target.key
        if outcome.error is None:
            current = lift_holds(current, key, outcome.at - outcome.seconds)
        elif outcome.error.failure is Failure.RATE_LIMITED:
            current = merge_hold(current, hold_after(outcome.error, key, current, outcome.at))
    return current


def update_holds(tx: Tx, account_key: str, outcomes: Sequence[Outcome], now: float) -> Holds:
    """Store the holds that follow from these attempts, and return all that last."""
    before = holds.active(tx, account_key, now)
    current = tuple(hold for hold in holds_after(outcomes, before) if hold.until > now)
    if set(current) != set(before):
        holds.save(tx, account_key, current)
    if {hold.scope for hold in before} - {hold.scope for hold in current}:
        holds.resume(tx, account_key, now)
    return current


def claim_filter(
    current: Iterable[Hold], plan: Plan, now: float, in_flight: Collection[int]
) -> ClaimFilter:
    """Return which notices not to claim: those on hold, and those that this process is sending."""
    scopes = [hold.scope for hold in current if hold.until > now]
    targets = [scope for scope in scopes if scope != ACCOUNT]
    return ClaimFilter(targets, ACCOUNT in scopes, plan.urgent_rank, in_flight)


def defer_held(
    tx: Tx,
    account_key: str,
    claimed_notices: Sequence[ClaimedNotice],
    current: Holds,
    plan: Plan,
    now: float,
) -> Sendable:
    """Postpone notices whose target is on hold, and notify the fallback of urgent ones.

    An attempt during a hold is stored before it is made, so that no other notice and no other
    replica tries the same target too soon.
    """
    if not current:
        return Sendable(list(claimed_notices), current)
    sendable: list[ClaimedNotice] = []
    deferred: list[tuple[int, float, str]] = []
    after_probes = current
    for claimed_notice in claimed_notices:
        notice = claimed_notice.notice
        urgent = is_urgent(plan, notice, claimed_notice.kind)
        wait = wait_on_hold(after_probes, notice.target.key, now, urgent=urgent)
        if wait is not None:
            deferred.append((notice.id, wait.next_at, ON_HOLD))
            if wait.fall_back:
                _fall_back(tx, claimed_notice, wait, plan, now)
            continue
        probing = mark_probed(after_probes, notice.target.key, now)
        sendable.append(ClaimedNotice(notice, claimed_notice.kind, probe=probing != after_probes))
        after_probes = probing
    holds.defer(tx, deferred)
    if after_probes != current:
        holds.save(tx, account_key, after_probes)
    return Sendable(sendable, after_probes)


def defer_all_held(
    tx: Tx, claimed_notices: Sequence[ClaimedNotice], plan: Plan, now: float
) -> list[ClaimedNotice]:
    """Postpone notices of any account whose target is on hold; return those that may be sent."""
    held = holds.active_by_account(tx, now) if claimed_notices else {}
    if not held:
        return list(claimed_notices)
    sendable = [
        claimed_notice
        for claimed_notice in claimed_notices
        if claimed_notice.notice.target.account_key not in held
    ]
    for account_key, current in held.items():
        own = [
            claimed_notice
            for claimed_notice in claimed_notices
            if claimed_notice.notice.target.account_key == account_key
        ]
        sendable += defer_held(tx, account_key, own, current, plan, now).claimed_notices
    return sendable


def _fall_back(tx: Tx, claimed_notice: ClaimedNotice, wait: Wait, plan: Plan, now: float) -> None:
    notice = claimed_notice.notice
    notified = fall_back_after(tx, claimed_notice, Failure.RATE_LIMITED, plan, now)
    if notified and notice.incident is not None:
        text = (
            f"{target_name(notice.target)} is on hold for"
            f" {format_duration(ceil(wait.until - now))}: the vendor limits the rate;"
            f" next attempt in {format_duration(ceil(wait.next_at - now))}"
        )
        entry = TimelineEntry(now, TimelineKind.FAILED, text, {"notice": notice.id})
        timeline.add(tx, [(notice.incident, entry)])
