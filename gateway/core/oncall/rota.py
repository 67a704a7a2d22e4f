"""Questions about a rota that pager, command line, pages and checks ask.

All of them read `shifts.sweep`, the final schedule. The meaning of layers, restrictions and
overrides is explained in `types`; daylight saving in `wallclock`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.layers import layer_end, layer_start
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
    "next_change",
    "on_call",
    "shifts",
    "stints",
    "stints_of",
]

_DAY = 86400.0
_WEEK = 7 * _DAY
_YEAR = 366 * _DAY
_LONGEST = {"hour": 3600.0, "day": _DAY, "week": _WEEK, "month": 31 * _DAY}


@dataclass(frozen=True, slots=True)
class OnCall:
    """The people on call at an instant, and the reason.

    ``people`` are empty when nobody is on call, or when that is ``unknown`` (see `Shift`).
    ``since`` and ``until`` bound the stretch in which the same people are on call, by any part of
    the rota (unix seconds UTC); None when there is no such bound. ``next_people`` follow at
    ``until``; empty is nobody, or no change at all, or ``next_unknown``.
    """

    people: tuple[str, ...]
    by: Origin | None
    since: float | None
    until: float | None
    next_people: tuple[str, ...] = ()
    unknown: bool = False
    next_unknown: bool = False


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
    """Return everybody on call at ``t``, those whose turn it is first.

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
        people=now.people,
        by=now.by,
        since=since if since > -inf else None,
        until=until if until < inf else None,
        next_people=following.people if following else (),
        unknown=now.unknown,
        next_unknown=following is not None and following.unknown,
    )


def next_change(rota: Rota, t: float) -> float:
    """Return the first instant after ``t`` at which other people are on call, or unknown ones.

    Infinite when nothing changes until well after the last override and the slowest rotation
    have come round.
    """
    present: tuple[tuple[str, ...], bool] | None = None
    for shift in sweep(rota, t, _horizon(rota, t)):
        state = shift.people, shift.unknown
        if present is None:
            present = state
        elif state != present:
            return shift.start
    return inf


def gaps(rota: Rota, start: float, end: float) -> list[Gap]:
    """Return the exact stretches of [start, end) without anyone on call, joined.

    A time at which that is unknown is no gap.
    """
    stretches: list[Gap] = []
    for shift in sweep(rota, start, end):
        if shift.turn or shift.unknown:
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
    return stints_of(sweep(rota, start, end), end)


def stints_of(schedule: Iterable[Shift], end: float) -> list[Stint]:
    """Return each person's own calendar in shifts that follow one another until `end`."""
    result: list[Stint] = []
    since_by_person: dict[str, float] = {}
    for shift in schedule:
        for person in [name for name in since_by_person if name not in shift.people]:
            result.append(Stint(person, since_by_person.pop(person), shift.start))
        for person in shift.people:
            since_by_person.setdefault(person, shift.start)
    result.extend(Stint(person, since, end) for person, since in since_by_person.items())
    return sorted(result, key=lambda stint: (stint.start, stint.person))


def _at(rota: Rota, t: float) -> Shift:
    return next(sweep(rota, t, t + 1.0))


def _since(rota: Rota, people: tuple[str, ...], t: float) -> float:
    """Return since when ``people`` have been on call; minus infinity when always."""
    zone = load_zone(rota.zone)
    origins = [layer_start(layer, zone) for layer in rota.layers]
    exceptions = [one.start for one in (*rota.overrides, *rota.changes)]
    earliest = min(origins + exceptions, default=inf)
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
    settled = max([t, *(one.end for one in (*rota.overrides, *rota.changes))])
    edges = [edge(layer, zone) for layer in rota.layers for edge in (layer_start, layer_end)]
    edges += [layer.known_until for layer in rota.layers if isinstance(layer, EventLayer)]
    settled = max([settled, *(edge for edge in edges if edge < inf)])
    rounds = (
        len(layer.turns) * layer.every * _LONGEST[layer.unit]
        for layer in rota.layers
        if not isinstance(layer, EventLayer)
    )
    # Seven rounds, because a rotation may meet a weekday restriction only every seventh time.
    return min(settled + max(7 * max(rounds, default=0.0), 2 * _YEAR), LAST_INSTANT)
