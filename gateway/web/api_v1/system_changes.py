"""Endpoints about changes of the watched systems, such as deployments."""

from dataclasses import replace

from gateway.core.actor import stated_actor
from gateway.core.incidents.system_change import SystemChange
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.flow.engine import Engine
from gateway.flow.system_changes.system_changes import ChangeRefusedError, NewChange
from gateway.web.api_v1.models import system_changes as models
from gateway.web.api_v1.serialize import person
from gateway.web.http.errors import RequestError

WEEK = 7 * 86400.0

API = "api:"
"""What keys of the API begin with, so that no source's keys are like them."""


async def list_changes(engine: Engine, query: models.SystemChangesQuery) -> models.SystemChanges:
    """List changes of the watched systems, the latest first."""
    end = engine.now() if query.end is None else query.end
    start = end - WEEK if query.start is None else query.start
    stored = await engine.system_changes.list(start, end)
    return models.SystemChanges(changes=[_model(one, engine.plan) for one in stored])


async def add_change(
    engine: Engine, query: models.SystemChangesQuery, body: models.NewSystemChange
) -> models.SystemChange:
    """Report a deployment or another change of a watched system."""
    new = NewChange(body.title, body.at, body.link, body.labels, body.status, body.key)
    if new.key:
        new = replace(new, key=API + new.key)
    name = one_line(body.by, 80)
    if not name:
        detail = [{"field": "as", "message": "must not be empty"}]
        raise RequestError(422, "a field of the body is invalid", detail)
    try:
        change = await engine.system_changes.add(new, stated_actor(name, "api"))
    except ChangeRefusedError as error:
        detail = [{"field": error.field, "message": str(error)}]
        raise RequestError(422, "a field of the body is invalid", detail) from None
    return _model(change, engine.plan)


def _model(change: SystemChange, plan: Plan) -> models.SystemChange:
    return models.SystemChange(
        id=change.id,
        at=change.at,
        title=change.title,
        link=change.link,
        labels=dict(change.labels),
        status=change.status,
        created_at=change.created_at,
        created_by=person(plan, change.actor.id),
        via=change.actor.via,
        incidents=change.incidents,
    )
