"""Checks that each incident was decided in time, and that its decisions reached the outbox."""

from collections.abc import Iterator

from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.target_name import key_name
from gateway.core.time.timestamps import format_duration
from gateway.core.verify.downtime import lateness
from gateway.core.verify.facts import Circumstances, Entry, IncidentFacts
from gateway.core.verify.promise import BrokenPromise, Check

LATE_AFTER = 60.0
"""Seconds after which a decision counts as late. Lower: a restart or a storm of ten thousand groups
is reported. Higher: a page that came a minute late is not."""

SAME_DECISION = 0.002
"""Seconds by which instants of one decision may differ: they are one float, stored twice."""

_NOT_DECISIONS = frozenset(
    {
        TimelineKind.COMMENTED,
        TimelineKind.LINKED,
        TimelineKind.UNLINKED,
        TimelineKind.RATED,
        TimelineKind.TEAM_CHANGED,
        TimelineKind.FOLLOW_UP,
        TimelineKind.TRUNCATED,
    }
)
"""Entries that say neither that people were notified nor why not."""


def check_decisions(
    incident: IncidentFacts, circumstances: Circumstances
) -> Iterator[BrokenPromise]:
    """Report an incident without a timely decision, one that waits for ever, and lost notices."""
    number = incident.number
    first = _first_decision(incident)
    decided_at = circumstances.now if first is None else first
    late = lateness(incident.tick_at, decided_at, circumstances.downtimes)
    if first is None and (late > LATE_AFTER or not incident.open):
        what = "it led neither to a notification nor to a recorded reason"
        yield BrokenPromise(Check.NOT_DECIDED, incident.tick_at, what, number)
    elif late > LATE_AFTER:
        what = f"its first decision came {format_duration(round(late))} late"
        yield BrokenPromise(Check.DECIDED_LATE, incident.tick_at, what, number)
    if first is not None:
        yield from _waiting(incident, circumstances)
    for entry in incident.of_kind(TimelineKind.NOTIFIED):
        yield from _lost(incident, entry, circumstances)


def _first_decision(incident: IncidentFacts) -> float | None:
    """Return when it was first notified, or recorded why not; None if neither has happened."""
    instants = [one.at for one in incident.entries if one.kind not in _NOT_DECISIONS]
    instants += [notice.created_at for notice in incident.notices]
    return min(instants, default=None)


def _waiting(incident: IncidentFacts, circumstances: Circumstances) -> Iterator[BrokenPromise]:
    """Report an incident that should have been evaluated, or never will be."""
    due_at = incident.due_at
    if due_at is None:
        if incident.open and not incident.merged:
            what = "it is open, and nothing more will be decided about it"
            yield BrokenPromise(Check.NEVER_DUE, circumstances.now, what, incident.number)
        return
    late = lateness(due_at, circumstances.now, circumstances.downtimes)
    if late > LATE_AFTER:
        what = f"it has been due for {format_duration(round(late))} and was not decided"
        yield BrokenPromise(Check.OVERDUE, due_at, what, incident.number)


def is_overdue(incident: IncidentFacts, circumstances: Circumstances) -> bool:
    """Return whether it waits for its evaluation, which explains what is missing meanwhile."""
    due_at = incident.due_at
    return (
        due_at is not None
        and lateness(due_at, circumstances.now, circumstances.downtimes) > LATE_AFTER
    )


def _lost(
    incident: IncidentFacts, entry: Entry, circumstances: Circumstances
) -> Iterator[BrokenPromise]:
    """Report targets that the timeline says were notified and for which no notice is stored."""
    reason = entry.text.partition(":")[0]
    if reason == NotifyReason.SOME_RESOLVED.value:
        return  # perhaps a quiet update, which channels that cannot edit do not get
    origins = {one.data.get("via") for one in incident.entries if one.at == entry.at}
    for key in filter(None, str(entry.data.get("to", "")).split(", ")):
        stored = incident.queues.get(key, ())
        if any(abs(notice.created_at - entry.at) < SAME_DECISION for notice in stored):
            continue
        account = key.partition(":")[0]
        if split_account_key(account)[0] in origins:
            continue  # the action came from this vendor, which is not notified of it
        if not circumstances.accepts(account, NoticeKind.FIRING, quiet=False):
            continue
        what = f"the timeline says “{reason}” to {key_name(key)}, and no such message is stored"
        yield BrokenPromise(
            Check.MESSAGE_LOST, entry.at, what, incident.number, subject=key_name(key)
        )


def is_waiting_for_answer(incident: IncidentFacts) -> bool:
    """Return whether it fires and nobody has acknowledged."""
    return incident.state is State.FIRING and not incident.acknowledged
