"""A page to look at: who is on call now in each rota, who is next, and the coming two weeks.

It asks what `gateway oncall` and the pager ask, so it cannot disagree with them.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from gateway.core.oncall.rota import Rota, Shift, explain, gaps, shifts
from gateway.core.plan.plan import Plan
from gateway.core.time.wallclock import days, instant, load_zone, wall_time
from gateway.flow.engine import Engine
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time, day_name, duration
from gateway.web.explain.names import name_of, zone_for
from gateway.web.http.access import require_read_access as require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page

DAYS = 14
COLOURS = 10
"""Of people in the style sheet (.p0 …); with more people some share one, so names stand there."""

GAPS_NAMED = 3
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one day with the same people. No `people`: nobody is on call.

    `hours` is how much of the day it is, in 24ths. `begins` is empty at midnight. `people` are
    names with the number of their colour.
    """

    hours: int
    begins: str
    people: Sequence[tuple[str, int]]
    by_override: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A line of the calendar."""

    name: str
    today: bool
    monday: bool
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class RotaCalendar:
    """A rota: who has it, what comes, where nobody does."""

    rota: str
    people: Sequence[tuple[str, int]]
    by: str
    until: str
    then: str
    gaps: Sequence[str]
    zone: str
    days: Sequence[Day]


class OnCallPages:
    """The handler of /oncall."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET /oncall."""
        plan, now = self._engine.plan, self._engine.now()
        zone = zone_for(plan)
        # In a thread: with fifty rotas it takes a while in which alerts have to be answered.
        calendars = await asyncio.to_thread(_rota_calendars, plan, zone, now)
        alone = [calendar.rota for calendar in calendars if not calendar.people]
        return page(
            "oncall.html",
            {"duties": calendars, "alone": alone, "zone": zone, "up": "./"},
        )


def _rota_calendars(plan: Plan, zone: str, now: float) -> list[RotaCalendar]:
    colours = _colours(plan)
    return [_rota_calendar(rota, plan, colours, zone, now) for rota in plan.rotas.values()]


def _colours(plan: Plan) -> dict[str, int]:
    """A colour for each who may be on call: the same every day, while routes.yaml is the same."""
    found: dict[str, int] = {}
    for rota in plan.rotas.values():
        named = [member for layer in rota.layers for member in layer.members]
        named += [one.member for one in rota.overrides if one.member is not None]
        for member in named:
            found.setdefault(member, len(found) % COLOURS)
    return found


def _rota_calendar(
    rota: Rota, plan: Plan, colours: dict[str, int], zone: str, now: float
) -> RotaCalendar:
    found = explain(rota, now)
    until, then = "", ""
    if found.until is not None:
        until = clock_time(found.until, zone, now)
        then = ", ".join(name for name, _ in _names_with_colours(found.next_people, plan, colours))
    start, end = _span(zone, now)
    return RotaCalendar(
        rota=clean(rota.name, 100),
        people=_names_with_colours(found.people, plan, colours),
        by=str(found.by) if found.by else "",
        until=until,
        then=then,
        gaps=_gaps(rota, zone, now, end),
        zone="" if rota.zone == zone else rota.zone,
        days=list(_days(rota, plan, colours, zone, now, (start, end))),
    )


def _span(zone: str, now: float) -> tuple[float, float]:
    """From the midnight before `now`, for two weeks of the calendar."""
    where = load_zone(zone)
    today = wall_time(now, where).replace(hour=0, minute=0, second=0, microsecond=0)
    return instant(today, where), instant(today + timedelta(days=DAYS), where)


def _days(
    rota: Rota,
    plan: Plan,
    colours: dict[str, int],
    zone: str,
    now: float,
    span: tuple[float, float],
) -> Iterator[Day]:
    where = load_zone(zone)
    every = shifts(rota, *span)
    for first, last in days(*span, where):
        blocks = [
            Block(
                hours=max(1, round(_HOURS * (shift.end - shift.start) / (last - first))),
                begins="" if shift.start == first else f"{wall_time(shift.start, where):%H:%M}",
                people=_names_with_colours(shift.people, plan, colours),
                by_override=_is_override(shift),
            )
            for shift in _merged(_clipped(every, first, last))
        ]
        monday = wall_time(first, where).weekday() == 0
        yield Day(day_name(first, zone), first <= now < last, monday, blocks)


def _clipped(every: Sequence[Shift], first: float, last: float) -> Iterator[Shift]:
    """Those of [first, last), clipped to it."""
    for one in every:
        if one.start < last and one.end > first:
            yield replace(one, start=max(one.start, first), end=min(one.end, last))


def _merged(found: Iterable[Shift]) -> Iterator[Shift]:
    """Neighbours as one where the same people go on, and no override says so in one of them."""
    pending: Shift | None = None
    for shift in found:
        if pending is None:
            pending = shift
        elif (pending.people, _is_override(pending)) == (shift.people, _is_override(shift)):
            pending = replace(pending, end=shift.end)
        else:
            yield pending
            pending = shift
    if pending is not None:
        yield pending


def _is_override(shift: Shift) -> bool:
    """Whether the layers alone would not say so."""
    return bool(shift.also) or (shift.by is not None and shift.by.kind == "override")


def _names_with_colours(
    people: Sequence[str], plan: Plan, colours: dict[str, int]
) -> Sequence[tuple[str, int]]:
    return [(clean(name_of(plan, one), 40), colours[one]) for one in people]


def _gaps(rota: Rota, zone: str, now: float, end: float) -> list[str]:
    """What is not covered, from now to the end of the calendar, in sentences."""
    found = gaps(rota, now, end)
    said = []
    for first, last in found[:GAPS_NAMED]:
        since = "now" if first == now else clock_time(first, zone, now)
        until = f"until {clock_time(last, zone, now)}"
        if last == end:
            until = "to the end of this calendar"
        said.append(f"Nobody from {since} {until} ({duration(last - first)}).")
    if len(found) > GAPS_NAMED:
        whole = duration(sum(last - first for first, last in found))
        said.append(f"{len(found) - GAPS_NAMED} more such gaps: {whole} without anybody in all.")
    return said


def add_routes(app: web.Application) -> None:
    """The page about rotas."""
    pages = OnCallPages(app[ENGINE])
    app.router.add_get("/oncall", with_error_page(require_read_access(pages.show)))
