"""Page of figures: /reports and its CSV. The figures are those of the API and `gateway report`."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.core.plan.plan import Plan
from gateway.core.plan.team import NO_TEAM
from gateway.core.time.timestamps import local_minute, parse_rfc3339
from gateway.core.time.wallclock import load_zone, wall_time
from gateway.cron import next_after
from gateway.flow.engine import Engine
from gateway.flow.queries.figures import FiguresError, FiguresRequest, read_figures
from gateway.render.view.clean import clean
from gateway.render.view.report_csv import report_csv
from gateway.render.view.times import clock_time
from gateway.web.explain.names import zone_for
from gateway.web.http.access import require_read_access
from gateway.web.http.errors import RequestError
from gateway.web.http.keys import ENGINE
from gateway.web.pages import page
from gateway.web.pages.error_pages import with_error_page
from gateway.web.pages.report_query import GROUPINGS, PERSON, RANGES, ReportQuery
from gateway.web.pages.report_tables import (
    GROUPS_SHOWN,
    HEIGHT,
    bars,
    group_rows,
    noisy_rows,
    people_rows,
    totals,
)

_RANGE_NAMES = {"1d": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days"}


class ReportPages:
    """Handlers of /reports and /reports.csv."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the figures of a range, by links and a form. Change nothing."""
        engine, now = self._engine, self._engine.now()
        plan, zone = engine.plan, zone_for(engine.plan)
        query = ReportQuery.parse(request.query)
        context = {"zone": zone, "up": "./", "error": "", **_choices(query, plan)}
        try:
            figures = query.request(zone, now)
            report = await read_figures(engine.store, plan, figures, now)
        except FiguresError as error:
            context["error"] = f'"{error.field}": {error}.'
            return page("reports.html", {**context, "report": None}, status=422)
        by = query.by if query.by != PERSON else ""
        context |= {
            "report": report,
            "span": _span(figures, zone),
            "first": _day_of(figures.selection.start, zone),
            "last": _day_of(figures.selection.end - 1, zone),
            "totals": totals(report),
            "bars": bars(report["days"], zone),
            "highest": max((day["incidents"] for day in report["days"]), default=0),
            "height": HEIGHT,
            "severities": group_rows(report["by_severity"], "severity", query, zone),
            "groups": group_rows(report["groups"], by, query, zone) if by else [],
            "groups_left_out": max(0, len(report["groups"]) - GROUPS_SHOWN),
            "people": people_rows(report["people"], query),
            "noisiest": noisy_rows(report["noisiest"], query),
            "incomplete": _incomplete(report["deleted_before"], zone, now),
            "csv": f"./reports.csv{query.link()}",
            "json": f"./api/v1/reports/figures{query.api_query(figures)}",
            "scheduled": [
                (clean(one.title, 100), clock_time(next_after(one.cron, one.zone, now), zone, now))
                for one in plan.reports.values()
            ],
        }
        return page("reports.html", context)

    async def csv(self, request: web.Request) -> web.StreamResponse:
        """Answer with the table of the chosen grouping, all of its rows, as CSV."""
        engine, now = self._engine, self._engine.now()
        zone = zone_for(engine.plan)
        query = ReportQuery.parse(request.query)
        try:
            report = await read_figures(engine.store, engine.plan, query.request(zone, now), now)
        except FiguresError as error:
            raise RequestError(422, f"{error.field} {error}") from None
        name = f"figures-by-{query.by}.csv" if query.by else "figures.csv"
        return web.Response(
            text=report_csv(report, people=query.by == PERSON),
            content_type="text/csv",
            charset="utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )


def _choices(query: ReportQuery, plan: Plan) -> dict[str, Any]:
    """Return the links and the fields of the form."""
    teams = [(one.id, clean(one.name, 60)) for one in plan.teams.values()]
    fields: list[tuple[str, str, Sequence[tuple[str, str]]]] = [
        ("team", "Team", [*teams, (NO_TEAM, "No team")] if teams else []),
        ("rota", "Rota", [(one, clean(one, 60)) for one in plan.rotas]),
        ("person", "Person", [(one.id, clean(one.name, 60)) for one in plan.people.values()]),
        ("severity", "Severity", [(one, clean(one, 60)) for one in plan.severities]),
        ("receiver", "Receiver", [(one, clean(one, 60)) for one in plan.receivers]),
    ]
    return {
        "query": query,
        "ranges": [
            (_RANGE_NAMES[one], query.with_range(one), one == query.range) for one in RANGES
        ],
        "groupings": [(one, query.link(by=one), one == query.by) for one in GROUPINGS],
        "by": query.by,
        "fields": [one for one in fields if one[2]],
        "filters": [
            (name, clean(value, 60), query.link(**{name: ""}))
            for name, value in query.filters.items()
        ],
    }


def _span(figures: FiguresRequest, zone: str) -> str:
    selection = figures.selection
    return f"{local_minute(selection.start, zone)} to {local_minute(selection.end, zone)}"


def _day_of(t: float, zone: str) -> str:
    return wall_time(t, load_zone(zone)).date().isoformat()


def _incomplete(deleted_before: str | None, zone: str, now: float) -> str:
    return clock_time(parse_rfc3339(deleted_before), zone, now) if deleted_before else ""


def add_routes(app: web.Application) -> None:
    """Add the page and its CSV."""
    pages = ReportPages(app[ENGINE])
    app.router.add_get("/reports", with_error_page(require_read_access(pages.show)))
    app.router.add_get("/reports.csv", with_error_page(require_read_access(pages.csv)))
