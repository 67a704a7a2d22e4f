"""Endpoints about contacts that cannot be notified: list them, use them again."""

import logging

from gateway.core.plan.contact_health import UnusableName
from gateway.core.plan.target_name import target_name
from gateway.core.text.nearest import nearest
from gateway.flow.engine import Engine
from gateway.web.api_v1 import requests
from gateway.web.api_v1.changes import actor_of
from gateway.web.api_v1.models import contacts as models
from gateway.web.api_v1.serialize import person
from gateway.web.http.errors import RequestError

log = logging.getLogger(__name__)


async def list_unusable(engine: Engine, query: requests.NoQuery) -> models.UnusableContacts:
    """List the contacts and addresses that are not used, because messages do not arrive."""
    unusable = await engine.contacts.unusable()
    return models.UnusableContacts(contacts=[_model(engine, one) for one in unusable])


async def clear(
    engine: Engine, query: requests.NoQuery, body: models.ClearedContact
) -> models.UnusableContacts:
    """Use a contact again: by the key of its target, or all contacts of a person by their id."""
    actor = actor_of(body)
    unusable = await engine.contacts.unusable()
    chosen = [
        one
        for one in unusable
        if body.target == one.unusable.key or (one.person and body.target == one.person.id)
    ]
    if not chosen:
        known = [one.unusable.key for one in unusable]
        near = nearest(body.target, known)
        hint = f"did you mean {near}?" if near else "GET /api/v1/contacts lists all that are"
        detail = [{"field": "target", "message": hint}]
        raise RequestError(404, f"no unusable contact is called {body.target}", detail)
    await engine.contacts.clear([one.unusable.key for one in chosen])
    log.info("%d contacts are used again", len(chosen), extra={"by": actor.id, "via": actor.via})
    return models.UnusableContacts(contacts=[_model(engine, one) for one in chosen])


def _model(engine: Engine, one: UnusableName) -> models.UnusableContact:
    return models.UnusableContact(
        target=one.unusable.key,
        name=target_name(one.target),
        channel=one.target.channel,
        account=one.target.account,
        person=None if one.person is None else person(engine.plan, one.person.id),
        contact=None if one.contact is None else one.contact.name,
        reason=one.unusable.reason,
        since=one.unusable.since,
    )
