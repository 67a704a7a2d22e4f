"""Recording what came of attempts: done, later, or never, and who hears it instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from gateway.core.decide.facts import build_facts
from gateway.core.incidents.message import Receipt
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind, NotifyReason
from gateway.core.incidents.outbox import ACCEPTED, PRINTED, NewRow, Notice, NoticeState, Result
from gateway.core.incidents.retry import REDUCIBLE, Failure, SendError, after_failure
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Plan, Receiver
from gateway.core.plan.recipients import fallback_of, receiver_of
from gateway.core.plan.target_name import target_name
from gateway.flow.delivery.queue_heads import URGENT
from gateway.flow.runtime.claimed_notice import ClaimedNotice
from gateway.store import Tx, outbox
from gateway.store.outbox import QueueKey
from gateway.store.state import incidents, members, timeline


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


def result_of(outcome: Outcome, plan: Plan) -> tuple[Result, bool]:
    """Return what to store of an attempt, and whether the fallback must be notified now."""
    notice, error = outcome.claimed_notice.notice, outcome.error
    if error is None:
        knows_firing = (
            outcome.claimed_notice.kind in FIRING_KINDS
            or outcome.claimed_notice.kind
            in (
                NoticeKind.LATE,
                NoticeKind.ACKNOWLEDGED,
            )
        )
        return (
            Result(
                notice,
                NoticeState.SENT,
                PRINTED if "printed" in (outcome.receipt or {}) else ACCEPTED,
                f"as {outcome.claimed_notice.kind.value}"
                if outcome.claimed_notice.kind != notice.kind
                else "",
                outcome.at,
                outcome.seconds,
                receipt=outcome.receipt,
                knows_firing=knows_firing,
            ),
            False,
        )
    verdict = after_failure(
        error,
        attempts=notice.attempts + 1,
        first_attempt_at=notice.first_attempt_at or outcome.at,
        now=outcome.at,
        jitter=outcome.jitter,
        urgent=is_urgent(plan, notice, outcome.claimed_notice.kind),
        refused=notice.refused,
    )
    dead = verdict.next_attempt_at is None
    return (
        Result(
            notice,
            NoticeState.DEAD if dead else NoticeState.PENDING,
            error.failure.value,
            error.detail,
            outcome.at,
            outcome.seconds,
            next_at=verdict.next_attempt_at,
            perhaps=error.perhaps,
        ),
        verdict.fall_back,
    )


def record(tx: Tx, outcomes: Sequence[Outcome], plan: Plan, now: float) -> list[Result]:
    """Store what came of these attempts, in one transaction with what follows from it."""
    results, failing = [], []
    for outcome in outcomes:
        result, fall_back = result_of(outcome, plan)
        results.append(result)
        if fall_back:
            failing.append(outcome)
    results = hasten_overtaken(tx, results, now)
    # What is not ours any more follows from another's attempt, or was recorded before: a commit
    # that seemed to fail, or was given up by a stop, may have succeeded.
    lost = set(outbox.record_attempts(tx, results))
    lines = [
        (result.notice.incident, entry)
        for result in results
        if result.notice.id not in lost
        and result.notice.incident is not None
        and (entry := entry_of(result)) is not None
    ]
    timeline.add(tx, lines)
    for outcome in failing:
        claimed_notice, error = outcome.claimed_notice, outcome.error
        if claimed_notice.notice.id not in lost and error is not None:
            fall_back_after(tx, claimed_notice, error.failure, plan, now)
    return results


def hasten_overtaken(tx: Tx, results: Sequence[Result], now: float) -> list[Result]:
    """Return the results, with lanes due now where something came meanwhile that cannot wait."""
    failed = {
        result.notice.incident
        for result in results
        if result.state is NoticeState.PENDING and result.notice.incident is not None
    }
    if not failed:
        return list(results)
    lanes = outbox.unfinished_by_queue(tx, sorted(failed))
    return [
        replace(result, next_at=now)
        if result.state is NoticeState.PENDING and _overtaken(result.notice, lanes)
        else result
        for result in results
    ]


def _overtaken(notice: Notice, lanes: Mapping[QueueKey, Sequence[tuple[int, NoticeKind]]]) -> bool:
    """Return whether an urgent kind joined the lane after the notice was claimed."""
    known = {other for other, _ in notice.behind}
    return any(
        id_ > notice.id and id_ not in known and kind in URGENT
        for id_, kind in lanes.get((notice.incident, notice.target.key), ())
    )


def entry_of(result: Result) -> TimelineEntry | None:
    """Return the timeline's line for an attempt; later failures stand with the attempts alone."""
    notice, name = result.notice, target_name(result.notice.target)
    reduced = spec_of(notice.target.channel).reduced
    why, data = f"{result.outcome} ({result.detail})", {"notice": notice.id}
    if result.state is NoticeState.SENT:
        if not notice.refused:
            return None
        return TimelineEntry(result.at, TimelineKind.DELIVERED, f"{name}: accepted {reduced}", data)
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


def notice_to_replace(tx: Tx, claimed_notice: ClaimedNotice) -> Notice | None:
    """Return the newest notice of a lane that says firing, unless its fallback was notified.

    The lane is read anew: what got worse since the claim must not be hidden behind the older
    notice, of which the fallback would be notified later than of the newer one.
    """
    notice = claimed_notice.notice
    if notice.incident is None:
        return None if notice.fell_back else notice
    lane = outbox.unfinished_by_queue(tx, [notice.incident]).get(
        (notice.incident, notice.target.key), []
    )
    speaking = [id_ for id_, kind in lane if id_ > notice.id and kind in FIRING_KINDS]
    newest = outbox.unfinished_by_id(tx, speaking[-1:])[0] if speaking else notice
    return None if newest.fell_back else newest


def fall_back_after(
    tx: Tx, claimed_notice: ClaimedNotice, failure: Failure, plan: Plan, now: float
) -> bool:
    """Notify the fallback receiver of what did not reach its target (E15), once a notice.

    What a digest stands for is sent for each incident: where that is a crowd, it folds again.
    Returns False if the fallback was notified before.
    """
    notice = notice_to_replace(tx, claimed_notice)
    if notice is None:
        return False
    outbox.mark_fallback_notified(tx, sorted({claimed_notice.notice.id, notice.id}))
    kind = claimed_notice.kind if notice is claimed_notice.notice else notice.kind
    note = f"{target_name(notice.target)} could not be reached ({failure})"
    if notice.kind is NoticeKind.DIGEST:
        lines = orjson.loads(notice.facts).get("digest", ())
        numbers = [line["incident"] for line in lines]
        for folded in outbox.notices_in_digest(tx, notice.id, numbers):
            if folded.kind in FIRING_KINDS:
                fall_back(tx, folded, note, plan, now)
    elif kind in FIRING_KINDS:
        fall_back(tx, notice, note, plan, now)
    return True


def fall_back(tx: Tx, notice: Notice, note: str, plan: Plan, now: float) -> None:
    """Tell the fallback receiver of one notice, unless it heard of the incident since that was
    made, or somebody has the incident since then."""
    incident = incidents.get(tx, notice.incident) if notice.incident is not None else None
    if incident is None or (incident.ack and incident.ack.at >= notice.created_at):
        return
    fallback = fallback_of(plan, receiver_of(plan, incident.receiver))
    known = outbox.notified_since(tx, incident.number, notice.created_at)
    targets = [t for t in fallback.targets if t.key not in known]
    name = target_name(notice.target)
    if not targets:
        timeline.add(tx, [(incident.number, _not_replaced(fallback, notice, now))])
        return
    kind, facts = notice.kind, orjson.loads(notice.facts)
    if not incident.open:  # it ended while this was on its way: no end will follow
        joined = members.by_incident(tx, [incident.number])[incident.number]
        kind, facts = NoticeKind.LATE, build_facts(incident, joined, plan, now)
    facts["note"] = note
    rows = [
        NewRow(incident.number, t, kind, NotifyReason.FALLBACK, notice.rank, False, 0)
        for t in targets
    ]
    outbox.add(tx, rows, [orjson.dumps(facts)], now)
    targets_by_key = {**incident.notified_targets, **{target.key: target for target in targets}}
    incidents.save(tx, [replace(incident, notified_targets=targets_by_key)])
    text = f"to receiver {fallback.name}, because {name} could not be reached"
    timeline.add(
        tx,
        [
            (
                incident.number,
                TimelineEntry(now, TimelineKind.FELL_BACK, text, {"notice": notice.id}),
            )
        ],
    )


def _not_replaced(fallback: Receiver, notice: Notice, now: float) -> TimelineEntry:
    """Return the timeline's line for a failed target of which no further one is notified.

    Targets of the fallback that have messages of their own may fail, too: their lines say so.
    """
    name, data = target_name(notice.target), {"notice": notice.id}
    if all(target.key == notice.target.key for target in fallback.targets):
        text = (
            f"receiver {fallback.name} has no other targets: nobody is notified in place of {name}"
        )
        return TimelineEntry(now, TimelineKind.STEP_EMPTY, text, data)
    text = (
        f"nothing more to send in place of {name}: receiver {fallback.name} has messages of its own"
    )
    return TimelineEntry(now, TimelineKind.FELL_BACK, text, data)
