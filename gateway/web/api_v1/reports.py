"""Endpoints of reports."""

from difflib import get_close_matches

from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.channels import EMAIL
from gateway.core.plan.plan import Target
from gateway.core.plan.team import NO_TEAM
from gateway.core.report.selection import Dimension, Selection
from gateway.cron import next_after
from gateway.flow.engine import Engine
from gateway.flow.queries.figures import (
    FiguresError,
    FiguresRequest,
    UnknownRotaError,
    read_figures,
)
from gateway.flow.reports.scheduler import last_report
from gateway.render.request import RenderRequest
from gateway.store import Tx
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import reports as models
from gateway.web.http.errors import RequestError


async def figures(engine: Engine, query: models.ReportQuery) -> models.Report:
    """Return figures of the incidents that opened in a range, in total, by group and by person."""
    now, plan = engine.now(), engine.plan
    selection = Selection(
        start=query.start,
        end=now if query.end is None else query.end,
        team="" if query.team == NO_TEAM else query.team,
        person=query.person,
        severity=query.severity,
        receiver=query.receiver,
        route=query.route,
        alertname=query.alertname,
    )
    request = FiguresRequest(
        selection,
        query.zone or plan.business_hours.zone,
        Dimension(query.by) if query.by else None,
        query.rota,
        compare=query.compare,
    )
    try:
        report = await read_figures(engine.store, plan, request, now)
    except UnknownRotaError as error:
        detail = [{"field": "rota", "message": str(error)}]
        raise RequestError(404, "there is no such rota", detail) from None
    except FiguresError as error:
        raise _invalid(error.field, str(error)) from None
    return models.Report.model_validate(report)


async def list_scheduled(engine: Engine, query: requests.NoQuery) -> models.ScheduledReports:
    """List the scheduled reports: when each was sent last and is sent next."""
    settings, now = list(engine.plan.reports.values()), engine.now()

    def read(tx: Tx) -> list[float | None]:
        return [last_report(tx, one.name) for one in settings]

    last = await engine.store.read(read)
    return models.ScheduledReports(
        reports=[
            models.ScheduledReport(
                id=one.name,
                kind=one.kind,
                title=one.title,
                cron=one.cron,
                timezone=one.zone,
                receiver=one.receiver,
                team=one.team,
                last_at=last_at,
                next_at=next_after(one.cron, one.zone, now),
            )
            for one, last_at in zip(settings, last, strict=True)
        ]
    )


async def preview(engine: Engine, query: requests.NoQuery, name: str) -> models.ReportPreview:
    """Return a scheduled report as it would be sent now; nothing is sent."""
    settings = engine.plan.reports.get(name)
    if settings is None:
        near = get_close_matches(name, engine.plan.reports, 1)
        known = ", ".join(engine.plan.reports) or "none"
        hint = f"did you mean {near[0]}?" if near else f"known reports: {known}"
        raise RequestError(404, "there is no such report", [{"field": "id", "message": hint}])
    facts = await engine.reports.preview(settings)
    request = RenderRequest(
        0,
        facts,
        Target(EMAIL.name, EMAIL.sample_address),
        EMAIL.parts,
        (Link("list", "All incidents", engine.links.incidents()),),
        settings.zone,
        NoticeKind.REPORT,
        NotifyReason.SCHEDULED,
    )
    message = await engine.delivery.preview(request)
    return models.ReportPreview(id=name, **message.parts, content=facts["report"])


def _invalid(field: str, message: str) -> RequestError:
    return RequestError(422, "a parameter is invalid", [{"field": field, "message": message}])
