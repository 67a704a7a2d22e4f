"""Events of calendars: which person each one names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from gateway.core.oncall.event_layer import DutyEvent

MOST_UNKNOWN = 50
"""Titles that name nobody which are listed. Comparing each with all people takes 0.5 ms."""


class CalendarEvent(NamedTuple):
    """One event, or one instance of a series, in a span of time; its end excluded (unix seconds).

    `names` are texts that may name a person, the likeliest first. `level` is the priority of
    ``[L3]``, 0 without one. `first_day` and `last_day` are the ISO dates of an all-day event, both
    included, and empty for others.
    """

    start: float
    end: float
    level: int
    summary: str
    names: tuple[str, ...]
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class CalendarCopy:
    """The events of a calendar, known from `known_from` to `known_until` (unix seconds)."""

    events: tuple[CalendarEvent, ...]
    known_from: float
    known_until: float


class UnknownName(NamedTuple):
    """An event that names nobody in routes.yaml, and the nearest person's name; empty if none."""

    summary: str
    nearest: str


class PeopleIndex:
    """Finds people by id, name or e-mail address, ignoring case."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` are those of each person, by id. A name of several people names nobody."""
        self._ids: dict[str, str | None] = {}
        for id_, own in names.items():
            for name in {_key(one) for one in own if _key(one)}:
                self._ids[name] = None if name in self._ids else id_
        for id_ in names:
            self._ids[_key(id_)] = id_  # an id wins over another person's name

    def find(self, texts: Iterable[str]) -> str | None:
        """Return the id of the first text that names a person; None if none does."""
        return next((id_ for text in texts if (id_ := self._ids.get(_key(text)))), None)

    def nearest(self, text: str) -> str:
        """Return the name that is most like a text; empty if none is."""
        near = get_close_matches(_key(text), self._ids, 1)
        return (self._ids[near[0]] or "") if near else ""


def duty_events(
    events: Sequence[CalendarEvent], people: PeopleIndex, above: int = 0
) -> tuple[list[DutyEvent], list[UnknownName]]:
    """Return who is on call in which event, and the events that name nobody.

    `above` is added to every level. Each title is listed once, and at most MOST_UNKNOWN.
    """
    duty: list[DutyEvent] = []
    unknown: dict[str, UnknownName] = {}
    for event in events:
        person = people.find(event.names)
        if person is not None:
            duty.append(DutyEvent(event.start, event.end, person, event.level + above))
        elif event.summary not in unknown and len(unknown) < MOST_UNKNOWN:
            guess = people.nearest(event.names[0]) if event.names else ""
            unknown[event.summary] = UnknownName(event.summary, guess)
    return duty, list(unknown.values())


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
