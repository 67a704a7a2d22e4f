"""Endpoints of follow-up items, and of the story of an incident."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.core.actor import Actor, stated_actor
from gateway.core.incidents.follow_up import FollowUp, FollowUpChange
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.flow.engine import Engine
from gateway.flow.follow_ups.follow_ups import FollowUpError, UnknownFollowUpError
from gateway.store import Tx
from gateway.store.state import follow_ups
from gateway.web.api_v1 import requests
from gateway.web.api_v1.incidents import not_found
from gateway.web.api_v1.models import follow_ups as models
from gateway.web.api_v1.serialize import person
from gateway.web.explain.incident import explain_incident
from gateway.web.explain.names import zone_for
from gateway.web.explain.story import story
from gateway.web.http.errors import RequestError


async def list_open(engine: Engine, query: models.FollowUpQuery) -> models.FollowUpList:
    """List follow-up items that are not done, the nearest due date first."""
    items = await engine.follow_ups.open_items()
    return models.FollowUpList(
        follow_ups=[
            item_model(one, engine.plan)
            for one in items
            if query.owner is None or one.owner == query.owner
        ]
    )


async def of_incident(engine: Engine, query: requests.NoQuery, number: int) -> models.FollowUpList:
    """List the follow-up items of an incident, done ones too."""
    items = await engine.follow_ups.of_incident(number)
    return models.FollowUpList(follow_ups=[item_model(one, engine.plan) for one in items])


async def add(
    engine: Engine, query: requests.NoQuery, number: int, body: models.NewFollowUp
) -> models.FollowUp:
    """Add a follow-up item to an incident."""
    with _errors():
        item = await engine.follow_ups.add(
            number, _actor(body), one_line(body.text), body.owner, body.due_at
        )
    return item_model(item, engine.plan)


async def set_done(
    engine: Engine, query: requests.NoQuery, number: int, body: models.FollowUpDone
) -> models.FollowUp:
    """Mark a follow-up item as done, or as open again."""
    with _errors():
        item = await engine.follow_ups.set_done(number, _actor(body), done=body.done)
    return item_model(item, engine.plan)


async def change(
    engine: Engine, query: requests.NoQuery, number: int, body: models.FollowUpChange
) -> models.FollowUp:
    """Change text, owner or date of a follow-up item."""
    text = None if body.text is None else one_line(body.text)
    changes = FollowUpChange(text, body.owner, body.due_at, body.no_due)
    with _errors():
        item = await engine.follow_ups.change(number, _actor(body), changes)
    return item_model(item, engine.plan)


async def incident_story(engine: Engine, query: requests.NoQuery, number: int) -> models.Story:
    """Return the whole story of an incident as a Markdown document."""
    text = await read_story(engine, number)
    if text is None:
        raise not_found(number)
    return models.Story(markdown=text)


async def read_story(engine: Engine, number: int) -> str | None:
    """Return the story of an incident; None if there is no such incident."""
    zone = zone_for(engine.plan)

    def read(tx: Tx) -> str | None:
        explanation = explain_incident(tx, engine, number, zone)
        if explanation is None:
            return None
        items = follow_ups.of_incident(tx, number)
        url = engine.links.incident(number)
        return story(explanation, items, engine.plan, zone, url, engine.now())

    return await engine.store.read(read)


def item_model(item: FollowUp, plan: Plan) -> models.FollowUp:
    """Return an item as a model."""
    return models.FollowUp(
        id=item.id,
        incident=item.incident,
        text=item.text,
        owner=person(plan, item.owner) if item.owner else None,
        due_at=item.due_at,
        created_at=item.created_at,
        created_by=person(plan, item.created_by.id),
        done_at=item.done_at,
        done_by=None if item.done_by is None else person(plan, item.done_by),
    )


def _actor(body: requests.By) -> Actor:
    name = one_line(body.by, 80)
    if not name:
        detail = [{"field": "as", "message": "must not be empty"}]
        raise RequestError(422, "a field of the body is invalid", detail)
    return stated_actor(name, "api")


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except FollowUpError as error:
        detail = [{"field": error.field, "message": str(error)}]
        raise RequestError(422, "a field of the body is invalid", detail) from None
    except UnknownFollowUpError as error:
        detail = [{"field": "number", "message": str(error)}]
        raise RequestError(404, str(error), detail) from None
