"""Checks of the outbox: what was given up or cancelled has a record, and nothing is stuck."""

from collections.abc import Iterator

from gateway.core.incidents.notice import FIRING_KINDS
from gateway.core.incidents.outbox import NoticeState
from gateway.core.incidents.retry import LONGEST_HOLD, RETRY_FOR
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.target_name import target_name
from gateway.core.time.timestamps import format_duration
from gateway.core.verify.downtime import lateness
from gateway.core.verify.facts import Circumstances, IncidentFacts, NoticeFacts, UnfinishedNotice
from gateway.core.verify.promise import BrokenPromise, Check

STUCK_AFTER = 1800.0
"""Seconds for which the head of a queue may be due. Lower: it names what waits for its turn behind
a slow vendor. Higher: a page is missing for longer before anybody knows."""

PAST_RETRIES = RETRY_FOR + LONGEST_HOLD + STUCK_AFTER
"""Seconds after its first attempt at which a notice must be delivered or given up."""


def check_records(incident: IncidentFacts) -> Iterator[BrokenPromise]:
    """Report notices of an incident that were dropped without a record."""
    given_up = {entry.data.get("notice") for entry in incident.of_kind(TimelineKind.GIVEN_UP)}
    for notice in incident.notices:
        name = target_name(notice.target)
        if notice.state is NoticeState.DEAD:
            if notice.id not in given_up:
                what = f"the {notice.kind.value} message to {name} was given up without a record"
                yield _broken(Check.GIVEN_UP_SILENTLY, incident, notice, what)
            elif not _has_fallback(incident, notice):
                what = f"{name} could not be reached, and the fallback was not notified"
                yield _broken(Check.NOT_REPLACED, incident, notice, what)
        elif notice.state is NoticeState.CANCELLED and not notice.detail:
            what = f"the {notice.kind.value} message to {name} was cancelled without a reason"
            yield _broken(Check.CANCELLED_SILENTLY, incident, notice, what)
        elif notice.fold_missing:
            what = f"the message that includes the {notice.kind.value} message to {name} is missing"
            yield _broken(Check.FOLDED_INTO_NOTHING, incident, notice, what)


def _has_fallback(incident: IncidentFacts, notice: NoticeFacts) -> bool:
    """Return whether the fallback was notified of it, or of the newest notice of its queue."""
    if notice.kind not in FIRING_KINDS or notice.fell_back:
        return True
    return any(one.fell_back for one in incident.queues[notice.target.key])


def check_unfinished(
    notice: UnfinishedNotice, circumstances: Circumstances
) -> Iterator[BrokenPromise]:
    """Report the head of a queue that should have been sent or given up long ago."""
    check, what = None, ""
    waited = lateness(notice.next_at, circumstances.now, circumstances.downtimes)
    first = notice.first_attempt_at
    name = target_name(notice.target)
    if (
        first is not None
        and lateness(first, circumstances.now, circumstances.downtimes) > PAST_RETRIES
    ):
        check = Check.PAST_RETRIES
        tried = format_duration(round(circumstances.now - first))
        what = f"the message to {name} has been tried for {tried}, and was not given up"
    elif waited <= STUCK_AFTER:
        return
    elif notice.state is NoticeState.SENDING:
        check = Check.CLAIM_ABANDONED
        what = (
            f"the message to {name} was claimed by a replica whose lease ended"
            f" {format_duration(round(waited))} ago, and none took it over"
        )
    elif not notice.account_works:
        check = Check.STUCK
        what = f"the message to {name} has been due for {format_duration(round(waited))}"
    if check is not None:
        yield BrokenPromise(check, notice.next_at, what, notice.incident, notice.id, name)


def _broken(check: Check, incident: IncidentFacts, notice: NoticeFacts, what: str) -> BrokenPromise:
    name = target_name(notice.target)
    return BrokenPromise(check, notice.created_at, what, incident.number, notice.id, name)
