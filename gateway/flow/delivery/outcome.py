"""Outcomes of attempts: accepted, retried later or given up, and what follows from each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.core.incidents.message import NOTE, Receipt
from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NoticeKind
from gateway.core.incidents.outbox import ACCEPTED, PRINTED, Notice, NoticeState, Result
from gateway.core.incidents.retry import REDUCIBLE, Failure, SendError, after_failure
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.channels import AddressKind, spec_of
from gateway.core.plan.contact_health import UnusableContact
from gateway.core.plan.plan import Plan, Target
from gateway.core.plan.target_name import target_name
from gateway.flow.delivery.fallback import fall_back_after
from gateway.flow.delivery.queue_heads import URGENT
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox
from gateway.store.outbox import QueueKey
from gateway.store.state import contact_health, timeline


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt that ended: with a receipt, or with an error."""

    claimed_notice: ClaimedNotice
    at: float
    seconds: float
    receipt: Receipt | None = None
    error: SendError | None = None
    jitter: float = 0.0


def is_urgent(plan: Plan, notice: Notice, kind: NoticeKind) -> bool:
    """Return whether a notice pages: it is of urgent rank and says that an incident is firing."""
    return plan.is_urgent(notice.rank) and kind in FIRING_KINDS and kind is not NoticeKind.DIGEST


class OutcomeResult(NamedTuple):
    """What to store of an attempt, and whether the fallback must be notified now."""

    result: Result
    fall_back: bool


def result_of(outcome: Outcome, plan: Plan) -> OutcomeResult:
    """Return what follows from an attempt."""
    if outcome.error is None:
        return OutcomeResult(_accepted(outcome), fall_back=False)
    notice, kind, error = outcome.claimed_notice.notice, outcome.claimed_notice.kind, outcome.error
    verdict = after_failure(
        error,
        attempts=notice.attempts + 1,
        first_attempt_at=notice.first_attempt_at or outcome.at,
        now=outcome.at,
        jitter=outcome.jitter,
        urgent=is_urgent(plan, notice, kind),
        refused=notice.refused,
    )
    result = Result(
        notice,
        NoticeState.DEAD if verdict.next_attempt_at is None else NoticeState.PENDING,
        error.failure.value,
        error.detail,
        outcome.at,
        outcome.seconds,
        next_at=verdict.next_attempt_at,
        perhaps=error.perhaps,
    )
    return OutcomeResult(result, verdict.fall_back)


def _accepted(outcome: Outcome) -> Result:
    notice, kind = outcome.claimed_notice.notice, outcome.claimed_notice.kind
    details = (f"as {kind.value}" if kind != notice.kind else "", _note(outcome))
    return Result(
        notice,
        NoticeState.SENT,
        PRINTED if "printed" in (outcome.receipt or {}) else ACCEPTED,
        "; ".join(filter(None, details)),
        outcome.at,
        outcome.seconds,
        receipt=outcome.receipt,
        knows_firing=kind in FIRING_KINDS or kind in (NoticeKind.LATE, NoticeKind.ACKNOWLEDGED),
        end_notified=kind in END_KINDS,
    )


def _note(outcome: Outcome | Result) -> str:
    """Return what a receipt says about an accepted message; empty for nothing."""
    return (outcome.receipt or {}).get(NOTE, "")


def record(tx: Tx, outcomes: Sequence[Outcome], plan: Plan, now: float) -> list[Result]:
    """Store attempts that ended, and what follows from them, in one transaction."""
    results, failing = [], []
    for outcome in outcomes:
        result, fall_back = result_of(outcome, plan)
        results.append(result)
        if fall_back:
            failing.append(outcome)
    results = hasten_overtaken(tx, results, now)
    # A notice that is not claimed here any more was sent by another replica, or recorded before: a
    # commit that seemed to fail, or was abandoned by a stop, may have succeeded.
    lost = set(outbox.record_attempts(tx, results))
    entries = [
        (result.notice.incident, entry)
        for result in results
        if result.notice.id not in lost
        and result.notice.incident is not None
        and (entry := entry_of(result)) is not None
    ]
    timeline.add(tx, entries)
    for outcome in failing:
        claimed_notice, error = outcome.claimed_notice, outcome.error
        if claimed_notice.notice.id not in lost and error is not None:
            fall_back_after(tx, claimed_notice, error.failure, plan, now)
    return results


def record_contacts(tx: Tx, outcomes: Sequence[Outcome], plan: Plan) -> bool:
    """Store which addresses were refused, and which work again; return whether that is new.

    An attempt that began before an address became unusable says nothing about it.
    """
    refused = [
        UnusableContact(one.claimed_notice.notice.target.key, one.error.detail, one.at)
        for one in outcomes
        if one.error is not None and _is_address_bad(one.claimed_notice.notice.target, one.error)
    ]
    changed = bool(refused) and bool(contact_health.mark(tx, refused))
    for one in outcomes:
        key = one.claimed_notice.notice.target.key
        printed = PRINTED in (one.receipt or {})
        if one.error is None and not printed and key in plan.unusable_contacts:
            changed |= bool(contact_health.clear(tx, [key], one.at - one.seconds))
    return changed


def _is_address_bad(target: Target, error: SendError) -> bool:
    """Return whether an error says that a person's contact or a mailbox does not work.

    A shared Slack channel that refuses messages has its fallback, and its app may be invited.
    """
    if error.failure is not Failure.BAD_RECIPIENT:
        return error.bad_address
    return target.person is not None or spec_of(target.channel).address is AddressKind.EMAIL


def hasten_overtaken(tx: Tx, results: Sequence[Result], now: float) -> list[Result]:
    """Return the results, due now where an urgent notice joined the queue meanwhile."""
    failed = {
        result.notice.incident
        for result in results
        if result.state is NoticeState.PENDING and result.notice.incident is not None
    }
    if not failed:
        return list(results)
    queues = outbox.unfinished_by_queue(tx, sorted(failed))
    return [
        replace(result, next_at=now)
        if result.state is NoticeState.PENDING and _overtaken(result.notice, queues)
        else result
        for result in results
    ]


def _overtaken(notice: Notice, queues: Mapping[QueueKey, Sequence[tuple[int, NoticeKind]]]) -> bool:
    """Return whether an urgent notice joined the queue after this one was claimed."""
    claimed_with = {other for other, _ in notice.behind}
    return any(
        id_ > notice.id and id_ not in claimed_with and kind in URGENT
        for id_, kind in queues.get((notice.incident, notice.target.key), ())
    )


def entry_of(result: Result) -> TimelineEntry | None:
    """Return the timeline's entry for an attempt; None for later failures of the same notice."""
    notice, name = result.notice, target_name(result.notice.target)
    reduced = spec_of(notice.target.channel).reduced
    why, data = f"{result.outcome} ({result.detail})", {"notice": notice.id}
    if result.state is NoticeState.SENT:
        how = f" {reduced}" if notice.refused else ""
        note = _note(result)
        if not how and not note:
            return None
        text = f"{name}: accepted{how}" + (f", but {note}" if note else "")
        return TimelineEntry(result.at, TimelineKind.DELIVERED, text, data)
    if result.state is NoticeState.DEAD:
        text = f"could not reach {name}: {why}; it can be replayed"
        return TimelineEntry(result.at, TimelineKind.GIVEN_UP, text, data)
    if result.outcome in REDUCIBLE and not notice.refused:
        text = f"{name}: {why}; sending it again {reduced}"
    elif notice.attempts == 0 or (result.outcome in REDUCIBLE and notice.attempts == 1):
        perhaps = "; it may have arrived all the same" if result.perhaps else ""
        text = f"{name}: {why}{perhaps}; trying again"
    else:
        return None
    return TimelineEntry(result.at, TimelineKind.FAILED, text, data)
