"""The final schedule: the past as it was recorded, now and later as the rota has it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from gateway.core.oncall.history import DutyRecord
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


NO_HISTORY = DutyHistory()


def final_schedule(
    history: DutyHistory, rota: Rota | None, start: float, end: float, now: float
) -> list[Shift]:
    """Return who is on call in [start, end), clipped; a stretch without anyone has no person.

    Before `now` the records count, from `now` on the rota. Before the first record nothing else is
    known, so the rota of today is shown; `Shift.source` says so. Between two records nobody was on
    call. `rota` is None when it is no longer in routes.yaml. Raises ValueError as `sweep` does.
    """
    return list(_joined(_stretches(history, rota, start, end, now)))


def _stretches(
    history: DutyHistory, rota: Rota | None, start: float, end: float, now: float
) -> Iterator[Shift]:
    past_end = min(end, now)
    at = start
    first = past_end if history.since is None else min(history.since, past_end)
    if at < first:
        yield from _planned(rota, at, first)
        at = first
    for record in history.records:
        from_, to = max(at, record.started_at), min(_end(record), past_end)
        if from_ >= to:
            continue
        if at < from_:
            yield Shift((), at, from_, None)
        yield _shift(record, from_, to)
        at = to
    if at < past_end and history.records and history.records[-1].ended_at is None:
        # The change that ends the latest record is due and not yet recorded.
        yield from _planned(rota, at, past_end)
    elif at < past_end:
        yield Shift((), at, past_end, None)
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
