"""Who is on call at each minute: a walk through the minutes of a zone's clock.

It is written from docs/on-call.md and shares nothing with the gateway but the values of a rota.
Wall clocks are never turned into instants: a time has come as soon as the clock has shown it or
passed over it. So a missing time comes with the jump, and a doubled one the first time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from gateway.core.oncall.event_layer import DutyEvent, EventLayer
from gateway.core.oncall.rota import Layer, Restriction, Rota
from tests.core.random_rotas import people_over_layers

MINUTE = 60
DAY = 24 * 60  # minutes, as all numbers of the wall clock
NEVER = 4_000_000 * DAY
_EPOCH = date(1970, 1, 1).toordinal() * DAY
_MONDAY = date(1970, 1, 5)


def minutes(day: date, at: time = time()) -> int:
    """Return a wall-clock time as minutes since the calendar's first day."""
    return day.toordinal() * DAY + at.hour * 60 + at.minute


def edge(value: date, layer: Layer) -> int:
    """Return a layer's start or end on the wall clock; a day means its handover time."""
    if isinstance(value, datetime):
        return minutes(value.date(), value.time())
    return minutes(value, layer.handover.at)


def clock(zone: str, start: float, end: float) -> Iterator[tuple[int, int]]:
    """Yield each minute of [start, end), and the latest time that the clock has shown so far.

    Clocks change at quarters of an hour, so only there the zone is asked.
    """
    local, shown, ahead = ZoneInfo(zone), 0, 0
    for t in range(int(start), int(end), MINUTE):
        if t % (15 * MINUTE) == 0:
            offset = datetime.fromtimestamp(t, local).utcoffset()
            assert offset is not None
            ahead = int(offset.total_seconds())
        shown = max(shown, _EPOCH + (t + ahead) // MINUTE)
        yield t, shown


class Turns:
    """Counts the turns of a layer that have begun, from an arbitrary one before its start."""

    def __init__(self, layer: Layer) -> None:
        self._every, self._at = layer.every, layer.handover.at
        self._start = layer.start.date() if isinstance(layer.start, datetime) else layer.start
        self._first = minutes(self._start, self._at)
        if layer.handover.weekday is not None:
            self._first -= (self._start.weekday() - layer.handover.weekday) % 7 * DAY
        units = {"hour": 60, "day": DAY, "week": 7 * DAY}
        self._length = units.get(layer.unit, 0) * layer.every
        self._today, self._month = 0, (0, 0)

    def begun(self, shown: int) -> int:
        """Return the number at a time of the wall clock."""
        if self._length:
            return (shown - self._first) // self._length
        if shown // DAY != self._today:
            self._today, self._month = shown // DAY, self._turn_of_month(shown // DAY)
        number, begins = self._month
        return number if begins <= shown else number - 1

    def _turn_of_month(self, day: int) -> tuple[int, int]:
        """Return the number of the turn that begins in the month of a day at the latest, and when.

        Turns of several months begin in the first of these.
        """
        today, start = date.fromordinal(day), self._start
        months = (today.year - start.year) * 12 + today.month - start.month
        number = months // self._every
        return number, minutes(_months_later(start, number * self._every), self._at)


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


class Hours:
    """The hours of the week in which a layer applies."""

    def __init__(self, restrictions: Sequence[Restriction]) -> None:
        self._rules = []
        for rule in restrictions:
            opens, closes = (minutes(_MONDAY, at) for at in (rule.start_time, rule.end_time))
            length = closes - opens if closes > opens else closes - opens + DAY
            self._rules += [(opens + day * DAY, length) for day in rule.weekdays]

    def hold(self, shown: int) -> bool:
        """Return whether the layer applies; without restrictions it always does."""
        week = 7 * DAY
        return not self._rules or any(
            (shown - opens) % week < length for opens, length in self._rules
        )


class LayerWalk:
    """One layer on a walk that begins before the layer does."""

    def __init__(self, layer: Layer) -> None:
        self._begun: int | None = None  # turns, None before the layer's start
        self._people: tuple[str, ...] = ()
        self._following = 0
        self._read(layer)

    def _read(self, layer: Layer) -> None:
        self._list = layer.turns
        self._turns, self._hours = Turns(layer), Hours(layer.restrictions)
        self._starts = edge(layer.start, layer)
        self._ends = edge(layer.end, layer) if layer.end is not None else NEVER

    def people(self, t: int, shown: int) -> tuple[str, ...]:
        """Return those whom the layer puts on call at a minute, after all minutes before it."""
        if shown < self._starts:
            return ()
        begun = self._turns.begun(shown)
        if self._begun is None:
            self._begun, self._people, self._following = begun, self._list[0], 1
        passed = begun - self._begun
        if passed:
            self._begun = begun
            self._people = self._list[(self._following + passed - 1) % len(self._list)]
            self._following = (self._following + passed) % len(self._list)
        return self._people if shown < self._ends and self._hours.hold(shown) else ()

    def edit(self, layer: Layer, shown: int) -> None:
        """Take another text for the layer: the present turn lasts until its next handover."""
        before, is_in_force = self._list, self._begun is not None and shown < self._ends
        self._read(layer)
        if not is_in_force:
            self._begun = None
            return
        self._begun = self._turns.begun(shown)
        present = (self._following - 1) % len(before)
        position = self._index_of(self._people, present)
        if position is not None:
            self._following = position + 1
            return
        successors = [*before[present + 1 :], *before[: present + 1]]
        positions = (self._index_of(people, -1) for people in successors)
        self._following = next((one for one in positions if one is not None), 0)

    def _index_of(self, people: tuple[str, ...], before: int) -> int | None:
        """Return where a turn is in the list: at its old position, else first, else in part."""
        turns = self._list
        if 0 <= before < len(turns) and turns[before] == people:
            return before
        whole = [position for position, turn in enumerate(turns) if turn == people]
        in_part = [position for position, turn in enumerate(turns) if set(turn) & set(people)]
        return next(iter([*whole, *in_part]), None)


@dataclass(frozen=True)
class EventWalk:
    """A layer of events: the highest level counts, and nobody knows what was not read."""

    layer: EventLayer
    events: Sequence[DutyEvent]

    def people(self, t: int, shown: int) -> tuple[str, ...] | None:
        """Return those on call at a minute, in the order of their names; None if unknown."""
        if not self.layer.known_from <= t < self.layer.known_until:
            return None
        now = [one for one in self.events if one.start <= t < one.end]
        level = max((one.level for one in now), default=0)
        return tuple(sorted({one.person for one in now if one.level == level}))


Walk = LayerWalk | EventWalk


def on_call_each_minute(
    rota: Rota, walks: Sequence[Walk], start: float, end: float, edited: Rota, edited_at: float
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each minute with those on call; from `edited_at` on the rota is the edited one."""
    in_force = rota
    exceptions = [(one.start, one.end) for one in (*rota.overrides, *rota.changes)]
    for t, shown in clock(rota.zone, start, end):
        by_layer = [walk.people(t, shown) for walk in walks]
        if t >= edited_at and in_force is rota:
            in_force = edited
            for walk, layer in zip(walks, edited.layers, strict=True):
                if isinstance(walk, LayerWalk) and isinstance(layer, Layer):
                    walk.edit(layer, shown)
            by_layer = [walk.people(t, shown) for walk in walks]
        if any(begins <= t < ends for begins, ends in exceptions):
            yield t, people_over_layers(in_force, t, by_layer)
        else:
            yield t, _top(by_layer)


def _top(by_layer: Sequence[tuple[str, ...] | None]) -> tuple[str, ...]:
    """Return the people of the last layer that applies; nobody if it is one that nobody knows."""
    return next((people for people in reversed(by_layer) if people != ()), None) or ()


def midnight(day: date) -> float:
    """Return the beginning of a day in UTC."""
    return datetime.combine(day, time(), UTC).timestamp()
