"""The final schedule: the past as it was recorded, now and later as the rota has it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from gateway.core.oncall.history import DutyRecord
from gateway.core.oncall.rota import OnCall, explain
from gateway.core.oncall.shifts import Origin, Shift, ShiftSource, sweep
from gateway.core.oncall.types import Rota


@dataclass(frozen=True, slots=True)
class DutyHistory:
    """The records of one rota that touch a time span, in order of their starts.

    `since` is the start of the first record of the rota that is stored, None when there is none
    (unix seconds UTC).
    """

    records: tuple[DutyRecord, ...] = ()
    since: float | None = None

    def touching(self, start: float, end: float) -> tuple[DutyRecord, ...]:
        """Return the records that may touch [start, end), in order."""
        first = bisect_right(self.records, start, key=_started_at) - 1
        last = bisect_left(self.records, end, key=_started_at)
        return self.records[max(0, first) : last]


def _started_at(record: DutyRecord) -> float:
    return record.started_at


_INSTANT = 1e-3
"""Seconds that are asked for to learn who is on call at an instant. No shift is shorter."""


def final_schedule(
    history: DutyHistory, rota: Rota | None, start: float, end: float, now: float
) -> list[Shift]:
    """Return who is on call in [start, end), clipped; a stretch without anyone has no person.

    Before `now` the records count, from `now` on the rota. Before the first record nothing else is
    known, so the rota of today is shown; `Shift.source` says so. Between two records nobody was on
    call. `rota` is None when it is no longer in routes.yaml. Raises ValueError as `sweep` does.
    """
    return list(_joined(_stretches(history, rota, start, end, now)))


def duty_at(history: DutyHistory, rota: Rota | None, t: float, now: float) -> OnCall:
    """Return who is on call at `t`, since when, until when and who next, by records and rota.

    The history must touch [t, now).
    """
    record = next((one for one in reversed(history.touching(t, t + 1.0)) if _covers(one, t)), None)
    if t < now and record is not None:
        return _since_handover(history, record, rota, t, _from_record(history, record, rota, now))
    if rota is None or (t < now and _is_recorded(history, t)):
        return OnCall((), None, None, None)
    state = explain(rota, t)
    if record is None or record.people != state.people or record.started_at == history.since:
        return state
    return replace(state, since=record.started_at)


def _since_handover(
    history: DutyHistory, record: DutyRecord, rota: Rota | None, t: float, state: OnCall
) -> OnCall:
    """Return the state of the first record, while it lasts, since the handover before it.

    The record begins when the gateway first ran, but the shift began at the handover of the rota.
    """
    if rota is None or record.started_at != history.since or record.ended_at is not None:
        return state
    planned = explain(rota, t)
    if planned.people != state.people or not state.people:
        return state
    if planned.since is not None and planned.since > record.started_at:
        return state
    return replace(state, since=planned.since)


def _covers(record: DutyRecord, t: float) -> bool:
    return record.started_at <= t < _end(record)


def _is_recorded(history: DutyHistory, t: float) -> bool:
    """Return whether `t` lies after the first record, so that no record means nobody.

    The time after the planned end of the latest record is not recorded yet.
    """
    if history.since is None or t < history.since:
        return False
    latest = history.records[-1] if history.records else None
    return latest is None or latest.ended_at is not None or t < latest.started_at


def _from_record(history: DutyHistory, record: DutyRecord, rota: Rota | None, now: float) -> OnCall:
    until = _end(record)
    if until == inf:
        return OnCall(record.people, Origin.parse(record.origin), record.started_at, None)
    (following,) = final_schedule(history, rota, until, until + _INSTANT, now)
    origin = Origin.parse(record.origin)
    return OnCall(record.people, origin, record.started_at, until, following.people)


def _stretches(
    history: DutyHistory, rota: Rota | None, start: float, end: float, now: float
) -> Iterator[Shift]:
    past_end = min(end, now)
    at = start
    first = past_end if history.since is None else min(history.since, past_end)
    if at < first:
        yield from _planned(rota, at, first)
        at = first
    for record in history.touching(start, end):
        from_, to = max(at, record.started_at), min(_end(record), past_end)
        if from_ >= to:
            continue
        if at < from_:
            yield Shift((), at, from_, None)
        yield _shift(record, from_, to)
        at = to
    if at < past_end and _is_recorded(history, at):
        yield Shift((), at, past_end, None)
    elif at < past_end:
        yield from _planned(rota, at, past_end)
    if max(start, now) < end:
        yield from _planned(rota, max(start, now), end)


def _end(record: DutyRecord) -> float:
    if record.ended_at is not None:
        return record.ended_at
    return inf if record.planned_end is None else record.planned_end


def _shift(record: DutyRecord, start: float, end: float) -> Shift:
    source = ShiftSource.RECONSTRUCTED if record.reconstructed else ShiftSource.RECORDED
    return Shift(record.turn, start, end, Origin.parse(record.origin), record.also, source)


def _planned(rota: Rota | None, start: float, end: float) -> Iterator[Shift]:
    if rota is None:
        yield Shift((), start, end, None)
    else:
        yield from sweep(rota, start, end)


def _joined(stretches: Iterator[Shift]) -> Iterator[Shift]:
    """Join neighbours that differ in nothing but their times and sources."""
    pending: Shift | None = None
    for shift in stretches:
        if pending is None:
            pending = shift
        elif (pending.turn, pending.by, pending.also) == (shift.turn, shift.by, shift.also):
            pending = replace(pending, end=shift.end)
        else:
            yield pending
            pending = shift
    if pending is not None:
        yield pending
