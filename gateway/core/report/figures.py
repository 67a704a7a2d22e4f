"""The figures of a set of incidents, added up one incident at a time."""

from dataclasses import dataclass, field, fields

from gateway.core.report.facts import IncidentFacts
from gateway.core.report.spread import Spread, spread


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
    to_acknowledge: list[float] = field(default_factory=list)
    to_resolve: list[float] = field(default_factory=list)

    def add(self, one: IncidentFacts) -> None:
        """Count one incident."""
        self.incidents += 1
        self.messages += one.messages
        self.pages += one.pages
        self.missed += one.missed
        self.flapping += one.flapping
        self.useful += one.useful
        self.noise += one.noise
        if one.acknowledgement is not None:
            self.acknowledged += 1
            waited = one.seconds_to_acknowledge
            if waited is not None:
                self.to_acknowledge.append(waited)
        if one.lasted is None:
            self.open += 1
        else:
            self.to_resolve.append(one.lasted)
            self.no_action += not one.acted

    def add_all(self, other: "Tally") -> None:
        """Count what another tally counted of other incidents."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.to_acknowledge += other.to_acknowledge
        self.to_resolve += other.to_resolve

    def figures(self) -> Figures:
        """Return what was added up so far."""
        return Figures(
            **{name: getattr(self, name) for name in _COUNTS},
            to_acknowledge=spread(self.to_acknowledge),
            to_resolve=spread(self.to_resolve),
        )


_COUNTS = [one.name for one in fields(Tally) if one.type is int]
