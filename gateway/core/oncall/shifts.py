"""The final schedule: layers, overrides and changes merged, from one instant to another.

Every answer about who is on call reads this one sweep: paging, the calendar, the handover message,
the check for gaps. They cannot disagree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from gateway.core.oncall.active_overrides import ActiveOverrides
from gateway.core.oncall.event_layer import EventLayer, Segment
from gateway.core.oncall.layers import segments
from gateway.core.oncall.types import LAST_INSTANT, AnyLayer, Override, Rota
from gateway.core.time.wallclock import load_zone

OriginKind = Literal["layer", "override", "change"]
_KINDS: Mapping[str, OriginKind] = {kind: kind for kind in get_args(OriginKind)}


@dataclass(frozen=True, slots=True)
class Origin:
    """Which part of the rota decided: its index in ``Rota.layers``, ``overrides``, ``changes``.

    In shifts, a stored change has its id less one in place of the index: that stays the same.
    """

    kind: OriginKind
    index: int

    def __str__(self) -> str:
        return f"{self.kind} {self.index + 1}"

    @classmethod
    def parse(cls, text: str) -> "Origin | None":
        """Return the origin that was stored as this text; None for an empty or unknown one."""
        kind, _, number = text.partition(" ")
        known = _KINDS.get(kind)
        return cls(known, int(number) - 1) if known and number.isdecimal() else None


class ShiftSource(StrEnum):
    """Where a shift was read."""

    SCHEDULE = "schedule"
    RECORDED = "recorded"
    RECONSTRUCTED = "reconstructed"  # recorded afterwards: it began while no gateway ran


class _Decision(NamedTuple):
    """Who is on call by the parts of the rota read so far.

    `override` and `change` are the indexes of the last ones that decided, -1 for none.
    """

    turn: tuple[str, ...]
    by: Origin | None
    also: tuple[str, ...] = ()
    override: int = -1
    change: int = -1


_NOBODY = _Decision((), None)


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of the final schedule, its end excluded (unix seconds UTC).

    ``turn`` is empty where nobody is on call, and then ``by`` is the override that says so, or
    None. It is also empty where nobody can say who is on call, because a calendar is not known;
    then ``by`` is the layer that reads it. ``also`` are people whom overrides put beside those
    whose turn it is. ``source`` is that of its start.
    """

    turn: tuple[str, ...]
    start: float
    end: float
    by: Origin | None
    also: tuple[str, ...] = ()
    source: ShiftSource = ShiftSource.SCHEDULE

    @property
    def unknown(self) -> bool:
        """Return whether a calendar that is not known decides, which is no gap."""
        return not self.turn and self.by is not None and self.by.kind == "layer"

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody on call, those whose turn it is first; empty in a gap."""
        return (*self.turn, *self.also)


def clipped(shifts: Iterable[Shift], start: float, end: float) -> Iterator[Shift]:
    """Yield the shifts that touch [start, end), clipped to it."""
    for one in shifts:
        if one.start < end and one.end > start:
            yield replace(one, start=max(one.start, start), end=min(one.end, end))


def sweep(rota: Rota, start: float, end: float) -> Iterator[Shift]:
    """Yield the shifts of [start, end) in order, without overlaps or omissions.

    Neighbours that differ in nothing but their times are joined, so a handover to oneself does not
    show. Lazy: reading the first shift does not cost the whole stretch. Raises ValueError for
    instants that are no numbers or lie some thousand years away.
    """
    if not (start >= -LAST_INSTANT and end <= LAST_INSTANT):  # neither holds for NaN
        raise ValueError(f"rota {rota.name}: asked from {start} to {end}; give unix seconds")
    zone = load_zone(rota.zone)
    tracks = [_Track(layer, zone, start, end) for layer in rota.layers]
    overrides = ActiveOverrides(rota.overrides, start, end)
    changes = ActiveOverrides(rota.changes, start, end)
    pending: Shift | None = None
    while start < end:
        cut = min(end, overrides.move_to(start), changes.move_to(start))
        decision, until = _from_layers(tracks, start, overrides, changes)
        cut = min(cut, until)
        decision = _under_overrides(decision, overrides, changes)
        turn, by, also, *_ = _under_changes(decision, changes)
        by = _by_id(by, rota.changes)
        if pending is not None and (pending.turn, pending.by, pending.also) == (turn, by, also):
            pending = replace(pending, end=cut)
        else:
            if pending is not None:
                yield pending
            pending = Shift(turn, start, cut, by, also)
        start = cut
    if pending is not None:
        yield pending


def _by_id(by: Origin | None, changes: Sequence[Override]) -> Origin | None:
    """Return the origin with the id of a stored change in place of its index."""
    if by is None or by.kind != "change" or not changes[by.index].id:
        return by
    return Origin("change", int(changes[by.index].id) - 1)


class _Track:
    """One layer's segments, read along with the sweep.

    ``unknown`` is whether the layer reads a calendar that is not known at the present instant.
    """

    __slots__ = ("_calendar", "_coming", "_segments", "people", "unknown")

    def __init__(self, layer: AnyLayer, zone: ZoneInfo, start: float, end: float) -> None:
        self._calendar = layer if isinstance(layer, EventLayer) else None
        self._segments = segments(layer, zone, start, end)
        self._coming: Segment | None = next(self._segments, None)
        self.people: tuple[str, ...] = ()
        self.unknown = False

    def move_to(self, t: float) -> float:
        """Set ``people`` to those of the layer at ``t``; return when that changes next."""
        if self._calendar is None:
            return self._move_to(t)
        known_from, known_until = self._calendar.known_from, self._calendar.known_until
        self.unknown = not known_from <= t < known_until
        if self.unknown:
            self.people = ()
            return known_from if t < known_from else inf
        return min(self._move_to(t), known_until)

    def _move_to(self, t: float) -> float:
        while self._coming is not None and self._coming.end <= t:
            self._coming = next(self._segments, None)
        if self._coming is None:
            self.people = ()
            return inf
        if self._coming.start > t:
            self.people = ()
            return self._coming.start
        self.people = self._coming.people
        return self._coming.end


def _from_layers(
    tracks: list[_Track], t: float, overrides: ActiveOverrides, changes: ActiveOverrides
) -> tuple[_Decision, float]:
    """Return the decision of the layers at ``t``, the last layer first, and its end at the least.

    Replacements are applied to each name. Layers beneath the one that decides are not read: what
    they do cannot show until it ends.
    """
    until = inf
    for index in range(len(tracks) - 1, -1, -1):
        until = min(until, tracks[index].move_to(t))
        people = tracks[index].people
        if tracks[index].unknown:
            return _Decision((), Origin("layer", index)), until
        if not people:
            continue
        if not overrides.replacements and not changes.replacements:
            return _Decision(people, Origin("layer", index)), until
        decision = _replace(people, Origin("layer", index), overrides, changes)
        if decision.turn:
            return decision, until
    return _NOBODY, until


def _replace(
    people: tuple[str, ...], by: Origin, overrides: ActiveOverrides, changes: ActiveOverrides
) -> _Decision:
    """Return the turn of a layer after the replacements of the file, and then the changes."""
    turn: dict[str, None] = {}
    override = change = -1
    for person in people:
        member: str | None = person
        if (entry := overrides.replacements.get(person)) is not None:
            member, index = entry
            override = max(override, index)
            by = by if by.kind == "change" or member is None else Origin("override", index)
        if member is not None and (entry := changes.replacements.get(member)) is not None:
            member, index = entry
            change = max(change, index)
            by = by if member is None else Origin("change", index)
        if member is not None:
            turn[member] = None
    return _Decision(tuple(turn), by, (), override, change)


def _under_overrides(
    decision: _Decision, overrides: ActiveOverrides, changes: ActiveOverrides
) -> _Decision:
    """Return who is on call, by what, and who else, after the overrides of the file."""
    if not overrides.plain:
        return decision
    turn, by, _, decided, change = decision
    beside: dict[str, int] = {}
    for index, override in overrides.plain:
        member, origin = override.member, Origin("override", index)
        if member is not None and (entry := changes.replacements.get(member)) is not None:
            member, changed = entry
            if member is None:
                continue  # the person named by the override is away
            origin = Origin("change", changed)
        if override.beside and member is not None:
            beside.setdefault(member, index)
        elif not override.beside and index > decided:
            turn, by, decided = () if member is None else (member,), origin, index
            change = origin.index if origin.kind == "change" else -1
            if member is None:
                beside.clear()  # nobody means nobody, until a later override says otherwise
    return _with_beside(turn, by, beside, "override")._replace(change=change)


def _under_changes(decision: _Decision, changes: ActiveOverrides) -> _Decision:
    """Return the same after the changes that replace everybody, and those beside."""
    if not changes.plain:
        return decision
    turn, by, also, _, decided = decision
    beside: dict[str, int] = {}
    for index, change in changes.plain:
        if change.beside and change.member is not None:
            beside.setdefault(change.member, index)
        elif index > decided:
            turn, by = () if change.member is None else (change.member,), Origin("change", index)
            if change.member is None:
                beside.clear()
                also = ()
    merged = _with_beside(turn, by, beside, "change")
    both = dict.fromkeys((*also, *merged.also))
    return merged._replace(also=tuple(one for one in both if one not in merged.turn))


def _with_beside(
    turn: tuple[str, ...],
    by: Origin | None,
    beside: dict[str, int],
    kind: Literal["override", "change"],
) -> _Decision:
    if not turn and beside:
        # Nobody is in front, so the first of those put beside is.
        person, index = next(iter(beside.items()))
        turn, by = (person,), Origin(kind, index)
    return _Decision(turn, by, also=tuple(one for one in beside if one not in turn))
