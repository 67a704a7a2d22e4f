"""Duty records: who was on call, recorded as it happens.

A record lasts from one change of people to the next. What a round of recording saves is decided
here from the latest record of each rota and the rotas in force, so a round that comes late, twice
or on two replicas records the same. The past is read from the records by `final_schedule`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf
from typing import NamedTuple

from gateway.core.oncall.rota import next_change
from gateway.core.oncall.shifts import sweep
from gateway.core.oncall.types import Rota


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """Who was on call in a rota from one change of people to the next (unix seconds UTC).

    `turn` is empty where nobody was on call; `also` are those beside them. `origin` is the part of
    the rota that decided when the record began, as `str(Origin)`. `ended_at` is None for the latest
    record; `planned_end` is then when the rotas in force would end it, None for never.
    `reconstructed`: it began while no gateway ran, so its start is calculated from the rotas that
    the next start loaded.
    """

    rota: str
    turn: tuple[str, ...]
    started_at: float
    ended_at: float | None = None
    planned_end: float | None = None
    also: tuple[str, ...] = ()
    origin: str = ""
    reconstructed: bool = False

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody on call, those whose turn it is first."""
        return (*self.turn, *self.also)


class DutyChange(NamedTuple):
    """Other people are on call in a rota from `at` on; `before` is None for a new rota."""

    rota: str
    at: float
    before: tuple[str, ...] | None
    people: tuple[str, ...]


class DutyUpdate(NamedTuple):
    """What a round of recording saves, and the changes of people that it found.

    A saved record replaces the one of the same rota and start.
    """

    records: tuple[DutyRecord, ...]
    changes: tuple[DutyChange, ...]


def record_duty(
    latest: Mapping[str, DutyRecord], rotas: Mapping[str, Rota], in_force_since: float, now: float
) -> DutyUpdate:
    """Decide what to record at `now`, by rotas that are in force since an instant.

    `latest` are the records without an end, by rota. A rota that is only there has been removed,
    and its record ends. Up to `in_force_since` a record stands until its planned end, because
    earlier rotas decided; after its planned end no gateway ran, and the rotas of now decide.
    """
    records: list[DutyRecord] = []
    changes: list[DutyChange] = []
    for name, rota in rotas.items():
        before = latest.get(name)
        following = _following(before, rota, in_force_since, now)
        records += [record for record in following if record != before]
        people = None if before is None else before.people
        for record in following:
            if record.people != people:
                changes.append(DutyChange(name, record.started_at, people, record.people))
                people = record.people
    for name in latest.keys() - rotas.keys():
        ends = max(in_force_since, latest[name].started_at)
        records.append(replace(latest[name], ended_at=ends, planned_end=None))
        changes.append(DutyChange(name, ends, latest[name].people, ()))
    return DutyUpdate(tuple(records), tuple(changes))


def _following(
    latest: DutyRecord | None, rota: Rota, in_force_since: float, now: float
) -> list[DutyRecord]:
    """Return the records from the latest on, by the rota; empty if it changes nothing.

    Only the last one has no end. The first one is the latest itself, unless the rota puts others
    on call at its very start.
    """
    if latest is None:
        start = in_force_since
    elif in_force_since <= latest.started_at:
        start = latest.started_at
    else:
        planned_end = inf if latest.planned_end is None else latest.planned_end
        start = min(planned_end, in_force_since)
    records = list(_calculated(rota, start, in_force_since, now))
    if not records or latest is None:
        return records
    if records[0].people == latest.people:
        ends = records[0].ended_at, records[0].planned_end
        records[0] = replace(latest, ended_at=ends[0], planned_end=ends[1])
    elif start > latest.started_at:
        records.insert(0, replace(latest, ended_at=start, planned_end=None))
    return records


def _calculated(
    rota: Rota, start: float, in_force_since: float, now: float
) -> Iterator[DutyRecord]:
    """Yield the records that the rota gives from `start` to `now`, this included."""
    pending: DutyRecord | None = None
    # A shift that begins at `now` itself has begun; the sweep excludes its end.
    for _, group in groupby(sweep(rota, start, now + 1.0), key=lambda shift: shift.people):
        first = next(group)
        if first.start > now:
            break
        if pending is not None:
            yield replace(pending, ended_at=first.start)
        origin = str(first.by) if first.by else ""
        reconstructed = first.start < in_force_since
        pending = DutyRecord(
            rota.name,
            first.turn,
            first.start,
            also=first.also,
            origin=origin,
            reconstructed=reconstructed,
        )
    if pending is not None:
        upcoming = next_change(rota, max(now, pending.started_at))
        yield replace(pending, planned_end=upcoming if upcoming < inf else None)
