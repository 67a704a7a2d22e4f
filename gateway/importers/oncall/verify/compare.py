"""Who is on call by the new rotas, and by the product's own rendering, for eight weeks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gateway.core.oncall.difference import Difference, compare
from gateway.core.oncall.rota import Rota
from gateway.core.oncall.shifts import Shift, sweep
from gateway.core.plan.plan import Plan
from gateway.importers.oncall.model.schedule import Rendering, ScheduleRecord
from gateway.importers.oncall.write.document import Written

COMPARED = 8 * 7 * 86400.0
"""Seconds for which the schedules are compared."""

_LEAST = COMPARED - 86400.0
"""A rendering of this length counts as eight weeks: commands round their times."""


@dataclass(frozen=True, slots=True)
class ComparedSchedule:
    """A schedule with its rotas, when they were compared, and where they differ.

    ``start`` and ``end`` are unix seconds UTC; ``reason`` says why nothing, or not all of the
    eight weeks, was compared, and is empty if all was.
    """

    name: str
    rotas: tuple[str, ...]
    zone: str
    start: float = 0.0
    end: float = 0.0
    differences: tuple[Difference, ...] = ()
    reason: str = ""


def compare_schedules(written: Written, plan: Plan) -> list[ComparedSchedule]:
    """Compare each schedule that was written with its rendering."""
    return [
        _compare(schedule, written, plan)
        for key, schedule in written.export.schedules.items()
        if key in written.ids.rotas
    ]


def _compare(schedule: ScheduleRecord, written: Written, plan: Plan) -> ComparedSchedule:
    names = tuple(written.ids.rotas[schedule.key])
    rotas = [plan.rotas[name] for name in names]
    result = ComparedSchedule(schedule.name, names, rotas[0].zone)
    if schedule.calendar is not None:
        return replace(result, reason="it is read from a calendar, which no export has")
    rendering = schedule.rendering
    if rendering is None:
        return replace(result, reason="the export does not say who is on call when")
    start = max(rendering.start, written.as_of)
    end = min(rendering.end, start + COMPARED)
    if start >= end:
        return replace(result, reason="the time for which the export says so is over; export again")
    before = _rendered(rendering, written.ids.people, start, end)
    differences = compare(before, _together(rotas, start, end), start, end)
    days = (end - start) / 86400
    enough = end - start >= _LEAST or rendering.longest
    reason = "" if enough else f"the export says so for {days:.0f} days only"
    return replace(result, start=start, end=end, differences=tuple(differences), reason=reason)


def _rendered(
    rendering: Rendering, ids: dict[str, str], start: float, end: float
) -> Iterable[Shift]:
    """Yield the rendering as a schedule without gaps between its shifts."""
    spans = [one for one in rendering.spans if one.start < end and one.end > start]
    edges = {start, end}
    edges.update(edge for one in spans for edge in (one.start, one.end) if start < edge < end)
    ordered = sorted(edges)
    for opens, closes in pairwise(ordered):
        people = {ids[one.person] for one in spans if one.start <= opens and one.end >= closes}
        yield Shift(tuple(sorted(people)), opens, closes, None)


def _together(rotas: Sequence[Rota], start: float, end: float) -> Iterable[Shift]:
    """Yield who is on call in any of the rotas."""
    sweeps = [list(sweep(rota, start, end)) for rota in rotas]
    ordered = sorted({edge for shifts in sweeps for one in shifts for edge in (one.start, one.end)})
    positions = [0] * len(sweeps)
    for opens, closes in pairwise(ordered):
        people: set[str] = set()
        for at, shifts in enumerate(sweeps):
            while shifts[positions[at]].end <= opens:
                positions[at] += 1
            people.update(shifts[positions[at]].people)
        yield Shift(tuple(sorted(people)), opens, closes, None)
