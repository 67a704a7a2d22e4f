"""The final schedule: layers and overrides merged, from one instant to another.

Every answer about who is on call reads this one sweep: paging, the calendar, the handover message,
the check for gaps. They cannot disagree.
"""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from gateway.core.oncall.layers import Segment, segments
from gateway.core.oncall.types import LAST_INSTANT, Layer, Override, Rota
from gateway.core.time.wallclock import load_zone


@dataclass(frozen=True, slots=True)
class Origin:
    """Which part of the rota decided: its index in ``Rota.layers`` or ``Rota.overrides``."""

    kind: Literal["layer", "override"]
    index: int

    def __str__(self) -> str:
        return f"{self.kind} {self.index + 1}"


class _LayerDecision(NamedTuple):
    """Whom the layers put on call, which part says so, and until when at least that holds."""

    person: str | None
    by: Origin | None
    until: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of the final schedule, its end excluded (unix seconds UTC).

    ``person`` is None where nobody is on call, and then ``by`` is the override that says so, or
    None. ``also`` are people whom overrides put beside the one on call.
    """

    person: str | None
    start: float
    end: float
    by: Origin | None
    also: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody on call, the one whose shift it is first; empty in a gap."""
        return () if self.person is None else (self.person, *self.also)


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
    active = _ActiveOverrides(rota.overrides, start, end)
    pending: Shift | None = None
    while start < end:
        cut = min(end, active.move_to(start))
        decision = _from_layers(tracks, start, active.indexes, rota.overrides)
        cut = min(cut, decision.until)
        person, by, also = _under_overrides(decision, active.indexes, rota.overrides)
        if pending is not None and (pending.person, pending.by, pending.also) == (person, by, also):
            pending = replace(pending, end=cut)
        else:
            if pending is not None:
                yield pending
            pending = Shift(person, start, cut, by, also)
        start = cut
    if pending is not None:
        yield pending


class _Track:
    """One layer's segments, read along with the sweep."""

    __slots__ = ("_coming", "_segments", "person")

    def __init__(self, layer: Layer, zone: ZoneInfo, start: float, end: float) -> None:
        self._segments = segments(layer, zone, start, end)
        self._coming: Segment | None = next(self._segments, None)
        self.person: str | None = None

    def move_to(self, t: float) -> float:
        """Set ``person`` to the one of the layer at ``t``; return when that changes next."""
        while self._coming is not None and self._coming.end <= t:
            self._coming = next(self._segments, None)
        if self._coming is None:
            self.person = None
            return inf
        if self._coming.start > t:
            self.person = None
            return self._coming.start
        self.person = self._coming.person
        return self._coming.end


class _ActiveOverrides:
    """The indexes of the overrides in force, in the order of their declaration."""

    __slots__ = ("_coming", "_overrides", "indexes")

    def __init__(self, overrides: tuple[Override, ...], start: float, end: float) -> None:
        self._overrides = overrides
        self._coming = sorted(
            (i for i, o in enumerate(overrides) if o.start < end and o.end > start),
            key=lambda i: overrides[i].start,
            reverse=True,
        )
        self.indexes: list[int] = []

    def move_to(self, t: float) -> float:
        """Set ``indexes`` to those in force at ``t``; return when that changes next."""
        self.indexes = [i for i in self.indexes if self._overrides[i].end > t]
        while self._coming and self._overrides[self._coming[-1]].start <= t:
            insort(self.indexes, self._coming.pop())
        change = min((self._overrides[i].end for i in self.indexes), default=inf)
        return min(change, self._overrides[self._coming[-1]].start) if self._coming else change


def _from_layers(
    tracks: list[_Track], t: float, active: list[int], overrides: tuple[Override, ...]
) -> _LayerDecision:
    """Return the decision of the layers at ``t``, the last layer first.

    Replacements are applied to each name. Layers beneath the one that decides are not read: what
    they do cannot show until it ends.
    """
    lasts = inf
    for index in range(len(tracks) - 1, -1, -1):
        lasts = min(lasts, tracks[index].move_to(t))
        person = tracks[index].person
        if person is None:
            continue
        last = next((i for i in reversed(active) if overrides[i].replaces == person), None)
        if last is None:
            return _LayerDecision(person, Origin("layer", index), lasts)
        if overrides[last].member is not None:
            return _LayerDecision(overrides[last].member, Origin("override", last), lasts)
    return _LayerDecision(None, None, lasts)


def _under_overrides(
    decision: _LayerDecision, active: list[int], overrides: tuple[Override, ...]
) -> tuple[str | None, Origin | None, tuple[str, ...]]:
    """Return who is on call, by what, and who else, after all overrides."""
    person, by = decision.person, decision.by
    if not active:
        return person, by, ()
    decided = by.index if by is not None and by.kind == "override" else -1
    beside: dict[str, int] = {}
    for i in active:
        member = overrides[i].member
        if overrides[i].beside and member is not None:
            beside.setdefault(member, i)
        elif overrides[i].replaces is None and i > decided:
            person, by, decided = member, Origin("override", i), i
            if member is None:
                beside.clear()  # nobody means nobody, until a later override says otherwise
    if person is None and beside:
        # Nobody is in front, so the first of those put beside is.
        person, index = next(iter(beside.items()))
        by = Origin("override", index)
    return person, by, tuple(other for other in beside if other != person)
