"""A rendering made by asking for one instant after the other."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

STEP = 900.0
"""Seconds between two instants that are asked for; all times in the tests are multiples of it."""


class Entry(NamedTuple):
    """One person's stretch (unix seconds UTC)."""

    person: str
    start: float
    end: float


def rendered(people_at: Callable[[float], Iterable[str]], start: float, end: float) -> list[Entry]:
    """Everybody's stretches in [start, end), in order of their starts."""
    entries: list[Entry] = []
    open_since: dict[str, float] = {}
    t = start
    while t <= end:
        people = set(people_at(t)) if t < end else set()
        for person in [one for one in open_since if one not in people]:
            entries.append(Entry(person, open_since.pop(person), t))
        for person in people:
            open_since.setdefault(person, t)
        t += STEP
    return sorted(entries, key=lambda one: (one.start, one.person))


def text(t: float) -> str:
    """An instant as the products write it."""
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(moment: str) -> float:
    """The instant of a text with an offset."""
    return datetime.fromisoformat(moment).timestamp()
