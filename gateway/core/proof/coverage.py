"""Coverage of a rota now and in the next day, for metrics and alerts about it."""

from dataclasses import dataclass

from gateway.core.oncall.rota import Rota, shifts
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import person_targets

AHEAD = 24 * 3600.0
"""Seconds for which a gap is announced ahead: a working day in which to fill it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many reachable people are on call now, and for how many seconds ahead nobody will be.

    A rota whose gaps are allowed is in a `planned_gap` while nobody is on call; such times ahead do
    not count.
    """

    rota: str
    on_call: int
    uncovered: float
    planned_gap: bool = False


def coverage(plan: Plan, rota: Rota, now: float) -> Coverage:
    """Return the rota's coverage from `now` (unix seconds) until `AHEAD` later.

    Only people with a contact count: anyone else cannot be paged.
    """
    reachable_now, uncovered, planned_gap = 0, 0.0, False
    for shift in shifts(rota, now, now + AHEAD):
        if rota.gaps_allowed and not shift.turn and not shift.unknown:
            planned_gap |= shift.start == now
            continue
        people = [plan.people[one] for one in shift.people if one in plan.people]
        reachable = sum(bool(person_targets(plan, person)) for person in people)
        if shift.start == now:
            reachable_now = reachable
        if not reachable:
            uncovered += shift.end - shift.start
    return Coverage(rota.name, reachable_now, uncovered, planned_gap)
