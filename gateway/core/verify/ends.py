"""Checks that everyone who was notified of a firing incident is notified of its end."""

from collections.abc import Iterator

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NoticeState
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.target_name import target_name
from gateway.core.verify.arrivals import Queue, ends, last_notified
from gateway.core.verify.facts import Circumstances, IncidentFacts, NoticeFacts
from gateway.core.verify.promise import BrokenPromise, Check

NEVER_NOTIFIED = "never notified of the firing"
"""Part of the reason for which an end is cancelled that contradicts an accepted message."""


def check_ends(incident: IncidentFacts, circumstances: Circumstances) -> Iterator[BrokenPromise]:
    """Report targets that were notified of a resolved incident and not of its end."""
    if incident.open:
        return
    resolved = incident.of_kind(TimelineKind.RESOLVED)
    at = resolved[-1].at if resolved else incident.resolved_at or circumstances.now
    for queue in incident.queues.values():
        firing = last_notified(queue)
        if firing is None or _is_accounted_for(queue, firing):
            continue
        target = firing.target
        if not target.send_resolved:
            continue
        if not circumstances.accepts(target.account_key, NoticeKind.RESOLVED, quiet=False):
            continue
        if _vendor_knows(incident, firing):
            continue
        name = target_name(target)
        what = f"{name} was notified of the firing, and no message says that it ended"
        yield BrokenPromise(Check.END_MISSING, at, what, incident.number, firing.id, name)


def _is_accounted_for(queue: Queue, firing: NoticeFacts) -> bool:
    """Return whether an end follows: it arrived, is pending, was given up, or is not needed.

    What was given up is a dead letter, which is listed and can be replayed.
    """
    for end in ends(queue):
        if end.id < firing.id:
            continue
        if end.state is not NoticeState.CANCELLED:
            return True
        if end.detail and NEVER_NOTIFIED not in end.detail:
            return True
    return False


def _vendor_knows(incident: IncidentFacts, firing: NoticeFacts) -> bool:
    """Return whether the end came from the target's own vendor, which needs no message of it."""
    resolved = incident.of_kind(TimelineKind.RESOLVED)
    return bool(resolved) and resolved[-1].data.get("via") == firing.target.channel
