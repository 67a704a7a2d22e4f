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
    """Return the stretches in which the same people are on call, those who began earlier first."""
    ordered = sorted(events)
    edges = sorted({edge for event in ordered for edge in (event.start, event.end)})
    segments: list[Segment] = []
    active: list[DutyEvent] = []
    coming = 0
    for start, end in pairwise(edges):
        active = [event for event in active if event.end > start]
        while coming < len(ordered) and ordered[coming].start <= start:
            active.append(ordered[coming])
            coming += 1
        level = max((event.level for event in active), default=0)
        people = tuple(dict.fromkeys(event.person for event in active if event.level == level))
        if not people:
            continue
        last = segments[-1] if segments else None
        if last and last.end == start and last.people == people:
            segments[-1] = last._replace(end=end)
        else:
            segments.append(Segment(start, end, people))
    return tuple(segments)


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
