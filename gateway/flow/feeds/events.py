"""Events of a feed: the shifts of a rota or a person, with UIDs that stay the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from gateway.calendars.planned import PlannedEvent
from gateway.core.oncall.planned import feed_span, whole_stints
from gateway.core.oncall.rota import Shift
from gateway.core.plan.plan import Plan
from gateway.flow.feeds.subject import FeedKind, FeedSubject

PLANNING_ONLY = (
    "For planning only: calendar programs read feeds with hours of delay. Ask the gateway who is "
    "on call now."
)


@dataclass(frozen=True, slots=True)
class _Shift:
    """One person's stretch on call in a rota, in whole unix seconds UTC."""

    rota: str
    person: str
    start: int
    end: int


ShiftsOf = Callable[[str, float, float], Sequence[Shift]]
"""The shifts of a rota, by its name, from one instant to another (unix seconds)."""


def feed_events(
    plan: Plan, subject: FeedSubject, rotas: Iterable[str], shifts_of: ShiftsOf, now: float
) -> list[PlannedEvent]:
    """Return the events of a feed, ordered by start; none for a subject that does not exist.

    `rotas` are also those that only the past has. `shifts_of` has the past as it was.
    """
    if subject.kind is FeedKind.ROTA:
        rotas = [name for name in rotas if name == subject.id]
    counts: Counter[tuple[str, int]] = Counter()
    events = []
    for shift in sorted(
        _shifts(subject, rotas, shifts_of, now), key=lambda one: (one.start, one.rota)
    ):
        at_this_start = shift.rota, shift.start
        events.append(_event(plan, subject, shift, counts[at_this_start]))
        counts[at_this_start] += 1
    return events


def _shifts(
    subject: FeedSubject, rotas: Iterable[str], shifts_of: ShiftsOf, now: float
) -> Iterator[_Shift]:
    span = feed_span(now)
    of_rota = subject.kind is FeedKind.ROTA
    for name in rotas:
        for stint in whole_stints(partial(shifts_of, name), span):
            start, end = int(stint.start), int(stint.end)
            if start < end and (of_rota or stint.person == subject.id):
                yield _Shift(name, stint.person, start, end)


def _event(plan: Plan, subject: FeedSubject, shift: _Shift, index: int) -> PlannedEvent:
    """Return an event. `index` counts the shifts of a rota that begin at the same time."""
    name = plan.name_of(shift.person)
    of_rota = subject.kind is FeedKind.ROTA
    return PlannedEvent(
        uid=_uid(str(subject), shift.rota, str(shift.start), str(index)),
        start=shift.start,
        end=shift.end,
        summary=f"{name} ({shift.rota})" if of_rota else f"On call: {shift.rota}",
        description=f"{name} is on call in {shift.rota}.\n\n{PLANNING_ONLY}",
        person=shift.person,
    )


def _uid(*parts: str) -> str:
    # Neither the person nor the end is part of it: a changed shift is the same event.
    digest = sha256("\0".join(parts).encode()).hexdigest()
    return f"{digest[:32]}@on-call"
