"""Page of rotas: who is on call now, who is next, and a calendar of two weeks.

It uses the functions of `gateway oncall` and of paging, so it cannot disagree with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from gateway.core.oncall.rota import Rota, Shift, gaps
from gateway.core.oncall.shifts import clipped
from gateway.core.plan.plan import Plan
from gateway.core.time.wallclock import days, instant, load_zone, wall_time
from gateway.flow.engine import Engine
from gateway.flow.feeds.feeds import Feed
from gateway.flow.queries.duty import DutyReader
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time, day_name, duration
from gateway.store import Tx
from gateway.store.state import changes
from gateway.web.explain.names import name_of, zone_for
from gateway.web.http.access import has_write_access
from gateway.web.http.access import require_read_access as require_read_access
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.change_lines import change_lines
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.unusable_contacts import unusable_rows

DAYS = 14
COLOURS = 10
"""Colours of people in the style sheet (.p0 …). More people share colours, beside their names."""

GAPS_NAMED = 3
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a day with the same people on call; empty `people` means nobody, or `unknown`.

    `hours` is its share of the day, in 24ths. `begins` is empty at midnight. `people` are names
    with the number of their colour.
    """

    hours: int
    begins: str
    people: Sequence[tuple[str, int]]
    by_override: bool
    unknown: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A line of the calendar."""

    name: str
    holiday: str  # empty on other days
    today: bool
    monday: bool
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class RotaCalendar:
    """A rota: who is on call, who is next, its gaps and its days.

    `unknown`: its calendar is not known at present.
    """

    rota: str
    people: Sequence[tuple[str, int]]
    unknown: bool
    by: str
    until: str
    next_names: str
    gaps: Sequence[str]
    zone: str
    changes: Sequence[str]
    days: Sequence[Day]
    gaps_allowed: bool


class OnCallPages:
    """Handler of /oncall."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show all rotas."""
        plan, now = self._engine.plan, self._engine.now()
        zone = zone_for(plan)

        def work(tx: Tx) -> list[RotaCalendar]:
            calendars = _rota_calendars(plan, DutyReader(tx, plan.rotas, now), zone, now)
            stored = changes.in_force(tx, now)
            return [
                replace(one, changes=change_lines(stored, one.rota, plan, zone, now))
                for one in calendars
            ]

        # In a reader's thread: fifty rotas take long enough to delay alerts on the event loop.
        calendars = await self._engine.store.read(work)
        uncovered_rotas = [
            one.rota for one in calendars if not (one.people or one.unknown or one.gaps_allowed)
        ]
        # A feed's URL stays valid, so only those get it who may also revoke it.
        feeds = await self._engine.feeds.list() if has_write_access(request) else []
        unusable = await self._engine.contacts.unusable()
        context = {
            "unusable": unusable_rows(unusable, plan, zone, now),
            "calendars": calendars,
            "uncovered_rotas": uncovered_rotas,
            "feeds": [_feed_link(one) for one in feeds],
            "zone": zone,
            "up": "./",
        }
        return page("oncall.html", context)


def _feed_link(feed: Feed) -> tuple[str, str]:
    """Return the name of a feed, and a link that opens a calendar program."""
    _, _, address = feed.url.partition("://")
    return clean(feed.name, 80), f"webcal://{address}"


def _rota_calendars(plan: Plan, reader: DutyReader, zone: str, now: float) -> list[RotaCalendar]:
    colours = _colours(plan)
    return [_rota_calendar(rota, plan, reader, colours, zone, now) for rota in plan.rotas.values()]


def _colours(plan: Plan) -> dict[str, int]:
    """Return a colour for each member: the same every day, while routes.yaml is the same."""
    colours: dict[str, int] = {}
    for rota in plan.rotas.values():
        members = [member for layer in rota.layers for member in layer.members]
        exceptions = (*rota.overrides, *rota.changes)
        members += [one.member for one in exceptions if one.member is not None]
        for member in members:
            colours.setdefault(member, len(colours) % COLOURS)
    return colours


def _rota_calendar(
    rota: Rota, plan: Plan, reader: DutyReader, colours: dict[str, int], zone: str, now: float
) -> RotaCalendar:
    start, end = _span(zone, now)
    state, shifts = reader.at(rota.name, now), reader.shifts(rota.name, start, end)
    for person in (one for shift in shifts for one in shift.people):
        colours.setdefault(person, len(colours) % COLOURS)  # no longer a member
    until, next_names = "", ""
    if state.until is not None:
        until = clock_time(state.until, zone, now)
        next_names = ", ".join(
            name for name, _ in _names_with_colours(state.next_people, plan, colours)
        ) or ("unknown" if state.next_unknown else "")
    return RotaCalendar(
        rota=clean(rota.name, 100),
        people=_names_with_colours(state.people, plan, colours),
        unknown=state.unknown,
        by=str(state.by) if state.by else "",
        until=until,
        next_names=next_names,
        gaps=[] if rota.gaps_allowed else _gaps(rota, zone, now, end),
        gaps_allowed=rota.gaps_allowed,
        zone="" if rota.zone == zone else rota.zone,
        changes=(),
        days=list(_days(shifts, plan, colours, zone, now)),
    )


def _span(zone: str, now: float) -> tuple[float, float]:
    """Return the calendar's time span: from the last midnight, for two weeks."""
    zone_info = load_zone(zone)
    today = wall_time(now, zone_info).replace(hour=0, minute=0, second=0, microsecond=0)
    return instant(today, zone_info), instant(today + timedelta(days=DAYS), zone_info)


def _days(
    shifts: Sequence[Shift], plan: Plan, colours: dict[str, int], zone: str, now: float
) -> Iterator[Day]:
    zone_info = load_zone(zone)
    for first, last in days(*_span(zone, now), zone_info):
        blocks = [
            Block(
                hours=max(1, round(_HOURS * (shift.end - shift.start) / (last - first))),
                begins="" if shift.start == first else f"{wall_time(shift.start, zone_info):%H:%M}",
                people=_names_with_colours(shift.people, plan, colours),
                by_override=_is_override(shift),
                unknown=shift.unknown,
            )
            for shift in _merged(clipped(shifts, first, last))
        ]
        day = wall_time(first, zone_info).date()
        holiday = clean(plan.business_hours.holiday(day) or "", 60)
        today, monday = first <= now < last, day.weekday() == 0
        yield Day(day_name(first, zone), holiday, today, monday, blocks)


def _merged(shifts: Iterable[Shift]) -> Iterator[Shift]:
    """Merge neighbours with the same people, unless only one of them is an override."""
    pending: Shift | None = None
    for shift in shifts:
        if pending is None:
            pending = shift
        elif _appearance(pending) == _appearance(shift):
            pending = replace(pending, end=shift.end)
        else:
            yield pending
            pending = shift
    if pending is not None:
        yield pending


def _appearance(shift: Shift) -> tuple[object, ...]:
    return shift.people, _is_override(shift), shift.unknown


def _is_override(shift: Shift) -> bool:
    """Return whether an override or a change at run time decides the shift."""
    return bool(shift.also) or (shift.by is not None and shift.by.kind != "layer")


def _names_with_colours(
    people: Sequence[str], plan: Plan, colours: dict[str, int]
) -> Sequence[tuple[str, int]]:
    return [(clean(name_of(plan, one), 40), colours[one]) for one in people]


def _gaps(rota: Rota, zone: str, now: float, end: float) -> list[str]:
    """Return the gaps from now to the end of the calendar, as sentences."""
    spans = gaps(rota, now, end)
    texts = []
    for first, last in spans[:GAPS_NAMED]:
        since = "now" if first == now else clock_time(first, zone, now)
        until = f"until {clock_time(last, zone, now)}"
        if last == end:
            until = "to the end of this calendar"
        texts.append(f"Nobody from {since} {until} ({duration(last - first)}).")
    if len(spans) > GAPS_NAMED:
        whole = duration(sum(last - first for first, last in spans))
        texts.append(f"{len(spans) - GAPS_NAMED} more gaps: {whole} without anybody in total.")
    return texts


def add_routes(app: web.Application) -> None:
    """Add the page."""
    pages = OnCallPages(app[ENGINE])
    app.router.add_get("/oncall", with_error_page(require_read_access(pages.show)))
