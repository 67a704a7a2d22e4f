"""The content of a scheduled report: the JSON that its messages are rendered from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.core.matching.matcher import matches_all
from gateway.core.plan.plan import Plan
from gateway.core.plan.report_settings import ReportKind, ReportSettings
from gateway.core.plan.target_name import target_name
from gateway.core.report.figures import Figures
from gateway.core.report.selection import Dimension, Selection
from gateway.core.time.spans import Span
from gateway.flow.queries.report import StoredReport, read_report
from gateway.render.view.report import figures_json, report_json
from gateway.store import Store, Tx
from gateway.store.outbox.rows import parse_target
from gateway.store.queries import failures, urgent
from gateway.store.state import follow_ups, system_changes

MOST_OPEN = 20
"""Open incidents that a report lists. Each is a line of a mail."""

MOST_FAILED = 10
"""Targets with failed deliveries that a report lists."""

MOST_CHANGES = 10_000
"""Changes that a weekly report counts, the latest. More would be read into memory."""

MOST_FOLLOW_UPS = 20
"""Open follow-up items that a weekly report lists."""

HOUR = 3600.0


async def report_content(
    store: Store, plan: Plan, settings: ReportSettings, span: Span, now: float
) -> dict[str, Any]:
    """Return the report about a span, which is compared with as long a time directly before.

    Raises StoreUnavailableError.
    """
    start, end = span
    selection = Selection(start, end, team=settings.team)
    stored = await _read(store, plan, settings, selection, now)
    earlier = replace(selection, start=2 * start - end, end=start)
    before = await _read(store, plan, settings, earlier, now)
    return {
        "name": settings.name,
        "kind": settings.kind.value,
        "title": settings.title,
        "start": start,
        "end": end,
        **report_json(
            plan,
            stored.report,
            deleted_before=stored.deleted_before,
            before=before.report,
        ),
        "rotas": _rotas(stored, before),
        **await store.read(lambda tx: _open_and_failed(tx, plan, settings, start, end)),
        "changes": await store.read(lambda tx: _changes(tx, plan, settings, start, end)),
        "follow_ups": await store.read(lambda tx: _follow_ups(tx, plan, settings, now)),
    }


async def _read(
    store: Store, plan: Plan, settings: ReportSettings, selection: Selection, now: float
) -> StoredReport:
    """Read a report; the chart of a daily one has hours."""
    columns = None
    if settings.kind is ReportKind.DAILY and selection.end - selection.start <= 2 * 24 * HOUR:
        hours = int(-(-(selection.end - selection.start) // HOUR))
        columns = [selection.start + hour * HOUR for hour in range(hours)]
    by = Dimension.ROTA if settings.kind is ReportKind.WEEKLY else None
    return await read_report(store, plan, selection, settings.zone, now, by=by, columns=columns)


def _rotas(stored: StoredReport, before: StoredReport) -> list[dict[str, Any]]:
    """Return how each rota was doing, beside the time before; none in a report by no rota."""
    groups = {one.key: one.figures for one in stored.report.groups}
    earlier = {one.key: one.figures for one in before.report.groups}
    if not groups and not earlier:
        return []
    return [
        {
            "name": rota,
            **figures_json(groups.get(rota, Figures())),
            "incidents_before": earlier.get(rota, Figures()).incidents,
            "missed_before": earlier.get(rota, Figures()).missed,
            "uncovered": uncovered,
        }
        for rota, uncovered in stored.uncovered.items()
    ]


def _changes(
    tx: Tx, plan: Plan, settings: ReportSettings, start: float, end: float
) -> dict[str, int] | None:
    """Return how many changes there were, and incidents after them, for a weekly report.

    Of a team those whose labels its matchers match.
    """
    if settings.kind is not ReportKind.WEEKLY:
        return None
    team = plan.teams.get(settings.team or "")
    changes = [
        one
        for one in system_changes.between(tx, start, end, MOST_CHANGES)
        if team is None or matches_all(team.matchers, one.labels)
    ]
    return {"count": len(changes), "incidents": sum(one.incidents for one in changes)}


def _follow_ups(tx: Tx, plan: Plan, settings: ReportSettings, now: float) -> list[dict[str, Any]]:
    """Return what is still to be done after incidents, for a weekly report."""
    if settings.kind is not ReportKind.WEEKLY:
        return []
    return [
        {
            "number": one.incident,
            "text": one.text,
            "owner": plan.name_of(one.owner) if one.owner else "",
            "due_at": one.due_at,
            "overdue": one.overdue(now),
        }
        for one in follow_ups.open_items(tx, MOST_FOLLOW_UPS, settings.team)
    ]


def _open_and_failed(
    tx: Tx, plan: Plan, settings: ReportSettings, start: float, end: float
) -> Mapping[str, Any]:
    """Return what is open now, and what could not be delivered in the range."""
    criteria = urgent.IncidentFilter(state="open", team=settings.team, test=False)
    page = urgent.page(tx, criteria, limit=MOST_OPEN)
    open_count = sum(count for _, _, count in urgent.counts(tx, criteria, plan.rank_of))
    failed = failures.failed_deliveries(tx, start, end, settings.team)
    return {
        "open": [
            {
                "number": one.incident.number,
                "title": one.title,
                "severity": one.incident.severity,
                "status": one.incident.list_state,
                "since": one.incident.began_at,
                "holder": plan.name_of(one.incident.ack.by) if one.incident.ack else "",
            }
            for one in page.incidents
        ],
        "more_open": max(0, open_count - len(page.incidents)),
        "failed": [
            {"target": target_name(parse_target(one.target)), "count": one.notices}
            for one in failed[:MOST_FAILED]
        ],
        "failed_total": sum(one.notices for one in failed),
    }
