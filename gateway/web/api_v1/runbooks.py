"""Endpoint about runbooks."""

from difflib import get_close_matches
from urllib.parse import quote

from gateway.core.plan.runbooks import PATH, Runbook
from gateway.flow.engine import Engine
from gateway.web.api_v1.models import runbooks as models
from gateway.web.http.errors import RequestError


async def list_runbooks(engine: Engine, query: models.RunbooksQuery) -> models.RunbookFiles:
    """List the runbooks that the gateway serves, or return one with its text."""
    runbooks = engine.plan.runbooks
    if query.name is None:
        pages = sorted(runbooks.pages.values(), key=lambda one: one.name)
        return models.RunbookFiles(
            runbooks=[_model(engine, one) for one in pages], missing=_missing(engine)
        )
    page = runbooks.find(query.name)
    if page is None:
        near = get_close_matches(query.name, runbooks.pages, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        text = f"there is no file of this name or for an alert of this name{hint}"
        detail = [{"field": "name", "message": text}]
        raise RequestError(404, "there is no such runbook", detail)
    return models.RunbookFiles(runbooks=[_model(engine, page, with_text=True)], missing=[])


def _missing(engine: Engine) -> list[models.MissingRunbook]:
    """Return the alerts that were notified without a runbook and still have none by their name."""
    plan = engine.plan
    return [
        models.MissingRunbook.model_validate(
            {
                "team": {"id": one.team, "name": plan.team_name(one.team)} if one.team else None,
                "alertname": one.alertname,
                "incidents": one.incidents,
            }
        )
        for one in engine.dispatcher.without_runbook.list(plan.runbooks)
    ]


def _model(engine: Engine, page: Runbook, *, with_text: bool = False) -> models.RunbookFile:
    return models.RunbookFile(
        name=page.name,
        title=page.title,
        alerts=list(page.alerts),
        immediate=page.immediate,
        url=f"{engine.links.external_url}/{PATH}/{quote(page.name)}",
        text=page.text if with_text else None,
    )
