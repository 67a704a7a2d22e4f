"""A layer from a calendar: people are on call in its events, while these are known."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

OVERRIDE_LEVEL = 1_000_000
"""Added to the level of events in a calendar of overrides, so that they hide all others."""


class Segment(NamedTuple):
    """A stretch in which a layer applies with the people of one turn."""

    start: float
    end: float
    people: tuple[str, ...]


class DutyEvent(NamedTuple):
    """An event in which one person is on call; its end excluded (unix seconds UTC).

    While events overlap, those with the highest `level` count, and their people are on call
    together.
    """

    start: float
    end: float
    person: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class EventLayer:
    """People on call in the events of a calendar.

    `calendar` and `overrides` name the calendars as routes.yaml does, with references in place of
    secrets; `overrides` is empty without a second one. `segments` are in order and do not overlap.
    The events are known from ``known_from`` to ``known_until`` (unix seconds UTC): outside nobody
    can say who is on call, which is not the same as nobody being on call.
    """

    calendar: str
    overrides: str = ""
    name: str = ""
    segments: tuple[Segment, ...] = ()
    known_from: float = 0.0
    known_until: float = 0.0

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody who is on call in an event, once, in order."""
        return tuple(dict.fromkeys(person for one in self.segments for person in one.people))

    def knows(self, t: float) -> bool:
        """Return whether the events at ``t`` are known."""
        return self.known_from <= t < self.known_until


def merge_events(events: Iterable[DutyEvent]) -> tuple[Segment, ...]:
    """Return the stretches in which the same people are on call, those who began earlier first.

    It takes time by the number of events, even if all of them overlap.
    """
    starting = sorted(events)
    ending = sorted(starting, key=lambda event: event.end)
    edges = sorted({edge for event in starting for edge in (event.start, event.end)})
    segments: list[Segment] = []
    active = _Active()
    started = ended = 0
    for start, end in pairwise(edges):
        while started < len(starting) and starting[started].start <= start:
            active.add(starting[started])
            started += 1
        while ended < len(ending) and ending[ended].end <= start:
            active.remove(ending[ended])
            ended += 1
        people = active.people()
        if not people:
            continue
        last = segments[-1] if segments else None
        if last and last.end == start and last.people == people:
            segments[-1] = last._replace(end=end)
        else:
            segments.append(Segment(start, end, people))
    return tuple(segments)


class _Active:
    """The events at an instant: by level, how many each person has."""

    def __init__(self) -> None:
        self._levels: dict[int, dict[str, int]] = {}

    def add(self, event: DutyEvent) -> None:
        people = self._levels.setdefault(event.level, {})
        people[event.person] = people.get(event.person, 0) + 1

    def remove(self, event: DutyEvent) -> None:
        people = self._levels[event.level]
        people[event.person] -= 1
        if not people[event.person]:
            del people[event.person]
        if not people:
            del self._levels[event.level]

    def people(self) -> tuple[str, ...]:
        """Return the people of the highest level; empty without an event."""
        return tuple(self._levels[max(self._levels)]) if self._levels else ()


def event_segments(layer: EventLayer, start: float, end: float) -> Iterator[Segment]:
    """Yield the stretches of the layer that touch [start, end) and are known, in order."""
    first = bisect_right(layer.segments, start, key=lambda one: one.end)
    for segment in layer.segments[first:]:
        if segment.start >= end:
            return
        known = Segment(
            max(segment.start, layer.known_from),
            min(segment.end, layer.known_until),
            segment.people,
        )
        if known.start < known.end:
            yield known
