"""Questions about a rota that pager, command line, pages and checks ask.

All of them read `shifts.sweep`, the final schedule. The meaning of layers, restrictions and
overrides is explained in `types`; daylight saving in `wallclock`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from gateway.core.oncall.layers import layer_start
from gateway.core.oncall.shifts import Origin, Shift, sweep
from gateway.core.oncall.types import (
    LAST_INSTANT,
    Handover,
    Layer,
    Override,
    Restriction,
    Rota,
    Unit,
)
from gateway.core.time.wallclock import load_zone

__all__ = [
    "Gap",
    "Handover",
    "Layer",
    "OnCall",
    "Origin",
    "Override",
    "Restriction",
    "Rota",
    "Shift",
    "Stint",
    "Unit",
    "explain",
    "gaps",
    "hidden_layers",
    "idle_overrides",
    "next_change",
    "on_call",
    "shifts",
    "stints",
]

_DAY = 86400.0
_WEEK = 7 * _DAY
_YEAR = 366 * _DAY
_LONGEST = {"hour": 3600.0, "day": _DAY, "week": _WEEK, "month": 31 * _DAY}


@dataclass(frozen=True, slots=True)
class OnCall:
    """The people on call at an instant, and the reason.

    ``since`` and ``until`` bound the stretch in which the same people are on call, by any layer or
    override (unix seconds UTC); None when there is no such bound. ``next_person`` follows at
    ``until``, with ``next_also`` beside; None is nobody, or no change at all.
    """

    person: str | None
    by: Origin | None
    since: float | None
    until: float | None
    next_person: str | None
    also: tuple[str, ...] = ()
    next_also: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody on call, the one whose shift it is first; empty when nobody is."""
        return () if self.person is None else (self.person, *self.also)

    @property
    def next_people(self) -> tuple[str, ...]:
        """Everybody who follows, in the same order; empty for nobody, and without a change."""
        return () if self.next_person is None else (self.next_person, *self.next_also)


@dataclass(frozen=True, slots=True)
class Stint:
    """One person's stretch on call, at the front or beside somebody; its end excluded."""

    person: str
    start: float
    end: float


class Gap(NamedTuple):
    """A stretch in which nobody is on call; its end excluded (unix seconds UTC)."""

    start: float
    end: float


def shifts(rota: Rota, start: float, end: float) -> list[Shift]:
    """Return the final schedule of [start, end), clipped; a gap has no person."""
    return list(sweep(rota, start, end))


def on_call(rota: Rota, t: float) -> tuple[str, ...]:
    """Return everybody on call at ``t``, the one whose shift it is first.

    Empty when nobody is.
    """
    return _at(rota, t).people


def explain(rota: Rota, t: float) -> OnCall:
    """Return who is on call at ``t``, by which part of the rota, since when, who next."""
    now = _at(rota, t)
    until = next_change(rota, t)
    since = _since(rota, now.people, t)
    following = _at(rota, until) if until < inf else None
    return OnCall(
        person=now.person,
        by=now.by,
        since=since if since > -inf else None,
        until=until if until < inf else None,
        next_person=following.person if following else None,
        also=now.also,
        next_also=following.also if following else (),
    )


def next_change(rota: Rota, t: float) -> float:
    """Return the first instant after ``t`` at which other people are on call.

    Infinite when nothing changes until well after the last override and the slowest rotation
    have come round.
    """
    people: tuple[str, ...] | None = None
    for shift in sweep(rota, t, _horizon(rota, t)):
        if people is None:
            people = shift.people
        elif shift.people != people:
            return shift.start
    return inf


def gaps(rota: Rota, start: float, end: float) -> list[Gap]:
    """Return the exact stretches of [start, end) without anyone on call, joined."""
    stretches: list[Gap] = []
    for shift in sweep(rota, start, end):
        if shift.person is not None:
            continue
        if stretches and stretches[-1].end == shift.start:
            stretches[-1] = Gap(stretches[-1].start, shift.end)
        else:
            stretches.append(Gap(shift.start, shift.end))
    return stretches


def stints(rota: Rota, start: float, end: float) -> list[Stint]:
    """Return each person's own calendar in [start, end), ordered by start and person.

    Unlike shifts these may overlap, where somebody is put beside the one on call.
    """
    result: list[Stint] = []
    since_by_person: dict[str, float] = {}
    for shift in sweep(rota, start, end):
        for person in [name for name in since_by_person if name not in shift.people]:
            result.append(Stint(person, since_by_person.pop(person), shift.start))
        for person in shift.people:
            since_by_person.setdefault(person, shift.start)
    result.extend(Stint(person, since, end) for person, since in since_by_person.items())
    return sorted(result, key=lambda stint: (stint.start, stint.person))


def idle_overrides(rota: Rota) -> list[int]:
    """Return the indexes of overrides that change nothing, for a warning.

    Such an override replaces somebody whom the layers never put on call in its time, puts a person
    where that person is anyway, or only repeats or stands beneath another override.
    """
    indexes: list[int] = []
    for index, override in enumerate(rota.overrides):
        others = rota.overrides[:index] + rota.overrides[index + 1 :]
        without = Rota(rota.name, rota.zone, rota.layers, others)
        span = (override.start, override.end)
        if stints(rota, *span) == stints(without, *span):
            indexes.append(index)
    return indexes


def hidden_layers(rota: Rota) -> list[int]:
    """Return the indexes of layers that never take effect, for a warning.

    A later layer applies wherever such a layer does, and no override lets it show. The time from
    its start until a year after the last layer has begun is searched: restrictions repeat every
    week, and clock changes every year.
    """
    zone = load_zone(rota.zone)
    starts = [layer_start(layer, zone) for layer in rota.layers]
    plain = Rota(rota.name, rota.zone, rota.layers)
    visible_indexes: set[int] = set()
    for override in rota.overrides:
        if override.member is None:
            visible_indexes |= _layers_in(sweep(rota, override.start, override.end))
    indexes: list[int] = []
    for index, start in enumerate(starts[:-1]):
        last = min(max(starts[index:]) + _YEAR + _WEEK, LAST_INSTANT)
        by_layer = (shift.by for shift in sweep(plain, start, last))
        if index not in visible_indexes and Origin("layer", index) not in by_layer:
            indexes.append(index)
    return indexes


def _layers_in(swept: Iterable[Shift]) -> set[int]:
    return {one.by.index for one in swept if one.by is not None and one.by.kind == "layer"}


def _at(rota: Rota, t: float) -> Shift:
    return next(sweep(rota, t, t + 1.0))


def _since(rota: Rota, people: tuple[str, ...], t: float) -> float:
    """Return since when ``people`` have been on call; minus infinity when always."""
    zone = load_zone(rota.zone)
    origins = [layer_start(layer, zone) for layer in rota.layers]
    earliest = min(origins + [override.start for override in rota.overrides], default=inf)
    since, reach = t, _WEEK
    while since > earliest:
        # Search ever further back: most shifts are short and a few are very long.
        for shift in reversed(shifts(rota, max(since - reach, earliest), since)):
            if shift.people != people:
                return since
            since = shift.start
        reach *= 4
    return -inf if not people else since


def _horizon(rota: Rota, t: float) -> float:
    zone = load_zone(rota.zone)
    settled = max([t, *(override.end for override in rota.overrides)])
    settled = max([settled, *(layer_start(layer, zone) for layer in rota.layers)])
    rounds = (len(layer.members) * layer.every * _LONGEST[layer.unit] for layer in rota.layers)
    # Seven rounds, because a rotation may meet a weekday restriction only every seventh time.
    return min(settled + max(7 * max(rounds, default=0.0), 2 * _YEAR), LAST_INSTANT)
