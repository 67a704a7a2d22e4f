"""The figures of a set of incidents, added up one incident at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter

from gateway.core.report.facts import IncidentFacts
from gateway.core.report.spread import Durations, Spread

_MESSAGES, _PAGES = attrgetter("messages"), attrgetter("pages")
_MISSED, _FLAPPING = attrgetter("missed"), attrgetter("flapping")
_USEFUL, _NOISE = attrgetter("useful"), attrgetter("noise")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of incidents and notices, and how long they took. See `docs/numbers.md`."""

    incidents: int = 0
    open: int = 0
    messages: int = 0
    pages: int = 0
    acknowledged: int = 0
    missed: int = 0
    no_action: int = 0
    flapping: int = 0
    useful: int = 0
    noise: int = 0
    to_acknowledge: Spread | None = None
    to_resolve: Spread | None = None


@dataclass(slots=True)
class Tally:
    """Figures that are being added up. Not thread-safe: one caller at a time."""

    incidents: int = 0
    open: int = 0
    messages: int = 0
    pages: int = 0
    acknowledged: int = 0
    missed: int = 0
    no_action: int = 0
    flapping: int = 0
    useful: int = 0
    noise: int = 0
    to_acknowledge: Durations = field(default_factory=Durations)
    to_resolve: Durations = field(default_factory=Durations)

    def add(self, facts: Sequence[IncidentFacts]) -> None:
        """Count incidents, many at once: a loop over each figure takes a third of the time."""
        self.incidents += len(facts)
        self.messages += sum(map(_MESSAGES, facts))
        self.pages += sum(map(_PAGES, facts))
        self.missed += sum(map(_MISSED, facts))
        self.flapping += sum(map(_FLAPPING, facts))
        self.useful += sum(map(_USEFUL, facts))
        self.noise += sum(map(_NOISE, facts))
        lengths = [one.lasted for one in facts if one.lasted is not None]
        self.open += len(facts) - len(lengths)
        self.to_resolve.add(lengths)
        self.no_action += sum(not one.acted for one in facts if one.lasted is not None)
        acknowledged = [one for one in facts if one.acknowledgement is not None]
        self.acknowledged += len(acknowledged)
        waits = [one.seconds_to_acknowledge for one in acknowledged]
        self.to_acknowledge.add([wait for wait in waits if wait is not None])

    def add_all(self, other: "Tally") -> None:
        """Count what another tally counted of other incidents."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.to_acknowledge.add_all(other.to_acknowledge)
        self.to_resolve.add_all(other.to_resolve)

    def figures(self) -> Figures:
        """Return what was added up so far."""
        return Figures(
            **{name: getattr(self, name) for name in _COUNTS},
            to_acknowledge=self.to_acknowledge.spread(),
            to_resolve=self.to_resolve.spread(),
        )


_COUNTS = [one.name for one in fields(Tally) if one.type is int]
