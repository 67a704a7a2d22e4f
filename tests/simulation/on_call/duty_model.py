"""Who is on call, by a model that walks along: turns, a calendar, and the changes made so far.

It is written from docs/on-call.md, docs/change-a-shift.md and docs/calendar-as-rota.md, and shares
only values with the gateway.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from gateway.core.oncall.rota import Handover, Layer, Override, Rota
from tests.core.minute_by_minute import LayerWalk, edge, minutes
from tests.core.random_rotas import people_over_layers
from tests.simulation.on_call.routes import Variant

ZONE = "Europe/Berlin"
START = date(2026, 1, 5)
HOUR = 3600.0


@dataclass
class LedgerChange:
    """A change as it was made: `rota` None is every rota; `void` says why it has no effect."""

    rota: str | None
    override: Override
    void: str = ""

    @property
    def people(self) -> set[str]:
        """Everybody it names."""
        return {one for one in (self.override.member, self.override.replaces) if one}


class TurnWalk(LayerWalk):
    """Turns of people, whom a reload may remove from the file."""

    def pass_on(self, known: Sequence[str]) -> None:
        """Let the successor follow at once if nobody of the present turn is in the file."""
        if not set(self._people) & set(known):
            self._people = self._list[self._following % len(self._list)]
            self._following = (self._following + 1) % len(self._list)


Event = tuple[float, float, str]
"""Start and end (unix seconds), and a person."""


@dataclass
class CalendarModel:
    """The copy of the calendar that is believed."""

    events: tuple[Event, ...] = ()
    known: bool = False
    lost_since: float | None = None
    confirmed: bool = False

    def take(self, read: tuple[Event, ...] | None, now: float) -> None:
        """Read the calendar: None is a broken one. Most events lost is questioned for 6 hours."""
        if read is None:
            return
        had, has = (sum(end > now for _, end, _ in one) for one in (self.events, read))
        lost = had > 0 and (has == 0 or has < had / 2)
        since = now if self.lost_since is None else self.lost_since
        if lost and not self.confirmed and now - since < 6 * HOUR:
            self.lost_since = since
            return
        self.events, self.known, self.lost_since, self.confirmed = read, True, None, False


@dataclass
class DutyModel:
    """Who is on call now and later, by what is known now."""

    variant: Variant
    changes: dict[int, LedgerChange] = field(default_factory=dict)
    calendar: CalendarModel = field(default_factory=CalendarModel)

    def __post_init__(self) -> None:
        layer = layer_of(self.variant.members)
        self._turns = TurnWalk(layer)
        self._turns.people(0, edge(layer.start, layer))  # the walk begins with the layer

    def people(self, rota: str, now: float) -> tuple[str, ...]:
        """Return who is on call now. Times must not go back."""
        return self._people(rota, now, self._turns)

    def hours_ahead(self, now: float, until: float) -> dict[str, set[tuple[str, float]]]:
        """Return the hours at which each person is on call later, with the rotas."""
        hours: dict[str, set[tuple[str, float]]] = {}
        for rota in self.variant.rotas:
            turns, at = deepcopy(self._turns), now + 1.0
            while at < until:
                for person in self._people(rota, at, turns):
                    hours.setdefault(person, set()).add((rota, at))
                at += HOUR
        return hours

    def _people(self, rota: str, now: float, turns: TurnWalk) -> tuple[str, ...]:
        if rota not in self.variant.rotas:
            return ()
        layer = turns.people(0, _shown(now)) if rota == "billing" else self._in_calendar(now)
        changes = tuple(
            change.override
            for _, change in sorted(self.changes.items())
            if not change.void and change.rota in (None, rota)
        )
        return people_over_layers(Rota(rota, ZONE, (), (), changes), now, [layer])

    def _in_calendar(self, now: float) -> tuple[str, ...] | None:
        if not self.calendar.known:
            return None
        people = {who for start, end, who in self.calendar.events if start <= now < end}
        return tuple(sorted(people & set(self.variant.people)))

    def reload(self, variant: Variant, now: float) -> None:
        """Load another file: changes that name what it lacks are void."""
        if variant.members != self.variant.members:
            self._turns.people(0, _shown(now))
            self._turns.edit(layer_of(variant.members), _shown(now))
        self.variant = variant
        self._turns.pass_on(variant.people)
        for change in self.changes.values():
            if not change.void and change.override.end > now:
                missing = [f"person {one}" for one in change.people - set(variant.people)]
                if change.rota is not None and change.rota not in variant.rotas:
                    missing.append(f"rota {change.rota}")
                change.void = " or ".join(f"{one} was removed" for one in sorted(missing))


def layer_of(members: Sequence[str]) -> Layer:
    """Return the layer of the file."""
    turns = tuple((person,) for person in members)
    return Layer(turns, 6, "hour", Handover(time(0)), START)


def _shown(now: float) -> int:
    """Return the time of the wall clock; no clock changes in these days."""
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(ZONE))
    return minutes(local.date(), local.time())
