"""Recording what came of attempts: done, later, or never, and who hears it instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from gateway.core.audience import fallback_of, receiver_of
from gateway.core.delivery import SendError, after_failure
from gateway.core.facts import build_facts
from gateway.core.message import Receipt
from gateway.core.notice import SPEAKS_OF_FIRING, Entry, Kind, Reason
from gateway.core.outbox import NewRow, Notice, NoticeState, Result
from gateway.core.plan import Plan
from gateway.flow.errand import Errand
from gateway.store import Tx, incidents, members, outbox, timeline, untold

ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt that ended: with a receipt, or with an error."""

    errand: Errand
    at: float
    seconds: float
    receipt: Receipt | None = None
    error: SendError | None = None
    jitter: float = 0.0


def result_of(outcome: Outcome) -> tuple[Result, bool]:
    """What to store of it, and whether the fallback must be told now."""
    notice, error = outcome.errand.notice, outcome.error
    if error is None:
        heard = outcome.errand.kind in SPEAKS_OF_FIRING or outcome.errand.kind in (
            Kind.LATE,
            Kind.ACKNOWLEDGED,
        )
        return (
            Result(
                notice,
                NoticeState.SENT,
                ACCEPTED,
                f"as {outcome.errand.kind.value}" if outcome.errand.kind != notice.kind else "",
                outcome.at,
                outcome.seconds,
                receipt=outcome.receipt,
                heard=heard,
            ),
            False,
        )
    verdict = after_failure(
        error,
        attempts=notice.attempts + 1,
        first_attempt_at=notice.first_attempt_at or outcome.at,
        now=outcome.at,
        jitter=outcome.jitter,
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
        verdict.fall_back and not notice.fell_back,
    )


def record(tx: Tx, outcomes: Sequence[Outcome], plan: Plan, now: float) -> list[Result]:
    """Store what came of these attempts, in one transaction with what follows from it."""
    results, failing = [], []
    for outcome in outcomes:
        result, fall_back = result_of(outcome)
        results.append(result)
        if fall_back:
            failing.append(outcome)
    # What is not ours any more follows from another's attempt, or was recorded before: a commit
    # that seemed to fail, or was given up by a stop, may have succeeded.
    lost = set(outbox.finish(tx, results))
    lines = []
    for result in results:
        notice = result.notice
        if notice.id in lost or notice.incident is None or result.state is NoticeState.SENT:
            continue
        if result.state is NoticeState.DEAD:
            lines.append((notice.incident, given_up(result)))
        elif notice.attempts == 0:
            lines.append((notice.incident, failed_once(result)))
    timeline.add(tx, lines)
    for outcome in failing:
        if outcome.errand.notice.id not in lost:
            fall_back_from(tx, outcome, plan, now)
    return results


def given_up(result: Result) -> Entry:
    """The timeline's line for a dead letter."""
    key = result.notice.target.key
    text = f"could not reach {key}: {result.outcome} ({result.detail}); it can be replayed"
    return Entry(result.at, "given up", text, {"notice": result.notice.id})


def failed_once(result: Result) -> Entry:
    """The timeline's line for the first failure of a notice; later ones stand with its attempts."""
    perhaps = "; it may have arrived all the same" if result.perhaps else ""
    text = f"{result.notice.target.key}: {result.outcome} ({result.detail}){perhaps}; trying again"
    return Entry(result.at, "failed", text, {"notice": result.notice.id})


def fall_back_from(tx: Tx, outcome: Outcome, plan: Plan, now: float) -> None:
    """Tell the fallback receiver what could not be told (E15); once a notice.

    What a digest was to tell is told of each incident: where that is a crowd, it folds again.
    """
    notice = outcome.errand.notice
    outbox.mark_fell_back(tx, [notice.id])
    why = f"{notice.target.key} could not be reached"
    note = f"{why} ({outcome.error.failure})" if outcome.error else why
    if notice.kind is Kind.DIGEST:
        lines = orjson.loads(notice.facts).get("digest", ())
        numbers = [line["incident"] for line in lines]
        for folded in untold.folded_into(tx, notice.id, numbers):
            if folded.kind in SPEAKS_OF_FIRING:
                fall_back(tx, folded, note, plan, now)
    elif outcome.errand.kind in SPEAKS_OF_FIRING:
        fall_back(tx, notice, note, plan, now)


def fall_back(tx: Tx, notice: Notice, note: str, plan: Plan, now: float) -> None:
    """Tell the fallback receiver of one notice, unless it heard of the incident since that was
    made, or somebody has the incident since then."""
    incident = incidents.get(tx, notice.incident) if notice.incident is not None else None
    if incident is None or (incident.ack and incident.ack.at >= notice.created_at):
        return
    fallback = fallback_of(plan, receiver_of(plan, incident.receiver))
    known = untold.told_since(tx, incident.number, notice.created_at)
    targets = [t for t in fallback.targets if t.key not in known]
    if not targets:
        return
    kind, facts = notice.kind, orjson.loads(notice.facts)
    if not incident.open:  # it ended while this was on its way: no end will follow
        joined = members.members(tx, [incident.number])[incident.number]
        kind, facts = Kind.LATE, build_facts(incident, joined, plan, now)
    facts["note"] = note
    rows = [
        NewRow(incident.number, t, kind, Reason.FALLBACK, notice.rank, False, 0) for t in targets
    ]
    outbox.add(tx, rows, [orjson.dumps(facts)], now, None)
    told = {**incident.told, **{target.key: target for target in targets}}
    incidents.save(tx, [replace(incident, told=told)])
    text = f"to receiver {fallback.name}, because {notice.target.key} could not be reached"
    timeline.add(tx, [(incident.number, Entry(now, "fell back", text, {"notice": notice.id}))])
