"""Checks that nobody was notified twice for one reason."""

import itertools
from collections import Counter
from collections.abc import Iterator

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.target_name import target_name
from gateway.core.verify.arrivals import Queue, arrived_ends, makes_end_due
from gateway.core.verify.facts import IncidentFacts, NoticeFacts
from gateway.core.verify.promise import BrokenPromise, Check


def check_repetitions(incident: IncidentFacts) -> Iterator[BrokenPromise]:
    """Report messages that arrived twice, and reasons for which a target got two messages."""
    yield from _sent_twice(incident)
    opened_again = len(incident.of_kind(TimelineKind.OPENED_AGAIN))
    for queue in incident.queues.values():
        yield from _one_decision(incident, queue)
        yield from _one_missed_response(incident, queue, opened_again)
        yield from _one_end(incident, queue)


def _sent_twice(incident: IncidentFacts) -> Iterator[BrokenPromise]:
    """Report accepted attempts beyond the first, unless an answer was lost or a replica died."""
    for notice in incident.notices:
        if notice.accepted > 1 and not notice.perhaps:
            name = target_name(notice.target)
            what = f"{name} accepted message {notice.id} {notice.accepted} times"
            yield _broken(Check.SENT_TWICE, incident, notice, what)


def _one_decision(incident: IncidentFacts, queue: Queue) -> Iterator[BrokenPromise]:
    """Report two messages of one decision: its notices share their facts."""
    arrived = [one for one in queue if one.sent_at is not None]
    last = {_decision_of(one): one for one in arrived}
    counts = Counter(map(_decision_of, arrived))
    for decision, count in counts.items():
        if count > 1:
            notice = last[decision]
            name, why = target_name(notice.target), notice.reason.value
            what = f"{name} got {count} messages for one reason ({why}) at one time"
            yield _broken(Check.NOTIFIED_TWICE, incident, notice, what)


def _decision_of(notice: NoticeFacts) -> tuple[int, float, NotifyReason]:
    """Return what is one decision's for one reason: its notices share facts and instant."""
    return notice.facts_id, notice.created_at, notice.reason


def _one_missed_response(
    incident: IncidentFacts, queue: Queue, opened_again: int
) -> Iterator[BrokenPromise]:
    missed = [one for one in queue if one.kind is NoticeKind.MISSED and one.sent_at is not None]
    instants = {one.created_at for one in missed}  # two of one decision are reported as that
    if len(instants) > 1 + opened_again:
        name = target_name(missed[-1].target)
        what = f"{name} got {len(instants)} messages of one missed response"
        yield _broken(Check.MISSED_TWICE, incident, missed[-1], what)


def _one_end(incident: IncidentFacts, queue: Queue) -> Iterator[BrokenPromise]:
    ends = [one for one in arrived_ends(queue) if one.sent_at is not None]
    for earlier, later in itertools.pairwise(ends):
        if earlier.facts_id == later.facts_id or NoticeKind.LATE in (earlier.kind, later.kind):
            continue
        if incident.opened_again_between(earlier.created_at, later.created_at):
            continue
        between = (one for one in queue if earlier.id < one.id < later.id)
        if not any(makes_end_due(one) or one.perhaps for one in between):
            name = target_name(later.target)
            what = f"{name} was notified of the same end twice"
            yield _broken(Check.ENDED_TWICE, incident, later, what)


def _broken(check: Check, incident: IncidentFacts, notice: NoticeFacts, what: str) -> BrokenPromise:
    at = notice.sent_at or notice.created_at
    return BrokenPromise(check, at, what, incident.number, notice.id, target_name(notice.target))
