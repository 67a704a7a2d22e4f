"""Checks of the order in which the messages of an incident reached a target."""

import itertools
from collections.abc import Iterator

from gateway.core.plan.target_name import target_name
from gateway.core.verify.arrivals import (
    Queue,
    arrived_ends,
    first_end,
    may_have_arrived,
    says_firing,
    sent_by_itself,
)
from gateway.core.verify.facts import IncidentFacts
from gateway.core.verify.promise import BrokenPromise, Check

TOLERANCE = 5.0
"""Seconds by which instants of two replicas may contradict the order. Their clocks may differ by
`gateway.clock.MAX_SKEW` from the database's."""


def check_order(incident: IncidentFacts) -> Iterator[BrokenPromise]:
    """Report ends that came first, messages out of order, and messages after the end."""
    for queue in incident.queues.values():
        yield from _in_order(incident, queue)
        yield from _end_follows_firing(incident, queue)
        yield from _nothing_after_end(incident, queue)


def _in_order(incident: IncidentFacts, queue: Queue) -> Iterator[BrokenPromise]:
    sent = sent_by_itself(queue)
    for earlier, later in itertools.pairwise(sent):
        if earlier.perhaps or later.perhaps:
            continue  # sent again after a crash, or by two replicas: its time is the last one's
        if (earlier.sent_at or 0.0) > (later.sent_at or 0.0) + TOLERANCE:
            name = target_name(later.target)
            what = f"{name} got message {earlier.id} after the newer message {later.id}"
            at = earlier.sent_at or earlier.created_at
            yield BrokenPromise(Check.OUT_OF_ORDER, at, what, incident.number, earlier.id, name)


def _end_follows_firing(incident: IncidentFacts, queue: Queue) -> Iterator[BrokenPromise]:
    end = first_end(queue)
    if end is None or may_have_arrived(queue, end.id):
        return
    name = target_name(end.target)
    what = f"{name} was notified of the end, and never that it fires"
    at = end.sent_at or end.created_at
    yield BrokenPromise(Check.END_FIRST, at, what, incident.number, end.id, name)


def _nothing_after_end(incident: IncidentFacts, queue: Queue) -> Iterator[BrokenPromise]:
    for end in arrived_ends(queue):
        after = next((one for one in queue if one.id > end.id and says_firing(one)), None)
        if after is None:
            continue
        if incident.opened_again_between(end.created_at, after.created_at):
            continue
        name = target_name(after.target)
        what = f"{name} was notified that it fires after it was notified of the end"
        at = after.arrived_at or after.created_at
        yield BrokenPromise(Check.AFTER_END, at, what, incident.number, after.id, name)
        return
