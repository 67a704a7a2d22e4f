"""Checks of response times: what nobody acknowledged in time is marked, recorded and announced."""

from collections.abc import Iterator

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.channels import Capability, spec_of
from gateway.core.plan.target_name import target_name
from gateway.core.verify.decisions import (
    LATE_AFTER,
    SAME_DECISION,
    is_overdue,
    is_waiting_for_answer,
)
from gateway.core.verify.downtime import lateness
from gateway.core.verify.facts import Circumstances, Entry, IncidentFacts, NoticeFacts
from gateway.core.verify.promise import BrokenPromise, Check

_TAKEN = (TimelineKind.ACKNOWLEDGED, TimelineKind.TAKEN_OVER)


def check_responses(
    incident: IncidentFacts, circumstances: Circumstances
) -> Iterator[BrokenPromise]:
    """Report missed responses that are not marked, not recorded or not announced."""
    if incident.missed_at is None:
        if _is_unmarked(incident, circumstances):
            what = "nobody acknowledged in time, and it is not marked as missed"
            at = incident.respond_by or circumstances.now
            yield BrokenPromise(Check.NOT_MARKED, at, what, incident.number)
        return
    missed = incident.of_kind(TimelineKind.MISSED)
    if not missed:
        what = "it is marked as missed, and the timeline does not say so"
        yield BrokenPromise(Check.NOT_RECORDED, incident.missed_at, what, incident.number)
        return
    yield from _unannounced(incident, missed[-1], circumstances)


def _is_unmarked(incident: IncidentFacts, circumstances: Circumstances) -> bool:
    """Return whether its acknowledge-by time passed while it fired, and nothing excuses that.

    What is suppressed then is pending, and its time counts again from the next notification.
    """
    at = incident.respond_by
    if at is None or incident.pending or incident.merged or incident.acknowledged:
        return False
    if not any(spec_of(one.channel).can(Capability.READ_BY_PEOPLE) for one in incident.targets):
        return False
    if incident.open:
        ended = incident.last_end is not None and incident.last_end <= at
        late = lateness(at, circumstances.now, circumstances.downtimes)
        waits = (
            is_waiting_for_answer(incident)
            and not ended
            and not is_overdue(incident, circumstances)
        )
        return waits and late > LATE_AFTER
    return not _ended_otherwise(incident) and (incident.resolved_at or at) > at + LATE_AFTER


def _ended_otherwise(incident: IncidentFacts) -> bool:
    """Return whether it ended by a person, a reload or a merge, not with its alerts."""
    resolved = incident.of_kind(TimelineKind.RESOLVED)
    if not resolved:
        return True
    last = resolved[-1]
    return bool(last.data) or last.text.startswith(NotifyReason.MOVED.value)


def _unannounced(
    incident: IncidentFacts, missed: Entry, circumstances: Circumstances
) -> Iterator[BrokenPromise]:
    """Report targets that got nothing from the decision that marked the response as missed."""
    at = missed.at
    if incident.resolved_at is not None and incident.resolved_at <= at:
        return  # its end is notified instead
    if incident.open and incident.last_end is not None and incident.last_end <= at:
        return
    same = [one for one in incident.entries if abs(one.at - at) < SAME_DECISION]
    if any(one.kind in (*_TAKEN, TimelineKind.RESOLVED) for one in same):
        return
    waits = any(
        one.data.get("until", 0.0) > at for one in incident.of_kind(TimelineKind.QUIET_HOURS)
    )
    for queue in incident.queues.values():
        known = [one for one in queue if _arrived_before(one, at)]
        if not known or any(abs(one.created_at - at) < SAME_DECISION for one in queue):
            continue
        target = known[-1].target
        if target.person and waits:
            continue
        if not circumstances.accepts(target.account_key, NoticeKind.MISSED, quiet=False):
            continue
        name = target_name(target)
        what = f"{name} was notified of the firing, and not that nobody acknowledged"
        yield BrokenPromise(Check.NOT_ANNOUNCED, at, what, incident.number, None, name)


def _arrived_before(notice: NoticeFacts, at: float) -> bool:
    if notice.kind in (NoticeKind.UPDATE, NoticeKind.RESOLVED, NoticeKind.LATE):
        return False
    return notice.arrived_at is not None and notice.created_at < at and notice.arrived_at <= at
