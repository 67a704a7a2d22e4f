"""Endpoints about changes of rotas at run time: list, add, remove."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from gateway.core.actor import Actor, stated_actor
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.core.oncall.change_text import what_changes
from gateway.core.oncall.changes import RotaChange
from gateway.core.oncall.rejected import ChangeConflictError, ChangeError, UnknownChangeError
from gateway.core.oncall.roster import Effect
from gateway.core.plan.plan import Plan
from gateway.core.text.escape import one_line
from gateway.flow.engine import Engine
from gateway.flow.oncall.plan_in_force import ConcurrentChangesError
from gateway.flow.oncall.rota_changes import ChangeOutcome
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import changes as models
from gateway.web.api_v1.serialize import person
from gateway.web.http.errors import RequestError


async def list_changes(engine: Engine, query: models.ChangesQuery) -> models.Changes:
    """List changes of rotas that are not over, void ones included, by their start."""
    plan, now = engine.plan, engine.now()
    stored = await engine.changes.read(ended=query.ended)
    return models.Changes(
        changes=[
            change_model(one, plan, now)
            for one in stored
            if (query.rota is None or one.applies_to(query.rota))
            and (query.person is None or query.person in one.people)
        ]
    )


async def one_change(engine: Engine, query: requests.NoQuery, number: int) -> models.Change:
    """Return a change, also a void one."""
    with change_errors():
        change = await engine.changes.get(number)
    return change_model(change, engine.plan, engine.now())


async def add(
    engine: Engine, query: requests.NoQuery, body: models.ChangeGiven
) -> models.ChangesMade:
    """Make a change of a rota, or several shifts at once; it is in force with the answer."""
    act = engine.changes.preview if body.dry_run else engine.changes.add
    actor, why = actor_of(body), one_line(body.why, 1000)
    with change_errors():
        outcome = await act(_change_requests(body), actor, why, anyway=body.anyway)
    return _made(engine, outcome)


async def remove(
    engine: Engine, query: requests.NoQuery, body: models.ChangesRemoved
) -> models.ChangesMade:
    """Remove changes: they become void, and are kept with who removed them."""
    actor, why = actor_of(body), one_line(body.why, 1000)
    with change_errors():
        outcome = await engine.changes.remove(body.ids, actor, why, anyway=body.anyway)
    return _made(engine, outcome)


async def remove_one(engine: Engine, query: models.RemoveQuery, number: int) -> models.ChangesMade:
    """Remove one change: it becomes void, and is kept with who removed it."""
    actor, why = actor_of(query), one_line(query.why, 1000)
    with change_errors():
        outcome = await engine.changes.remove([number], actor, why, anyway=query.anyway)
    return _made(engine, outcome)


def actor_of(body: requests.By) -> Actor:
    """Return who acts. Raises RequestError (422) for a name without any printable character."""
    name = one_line(body.by, 80)
    if not name:
        raise _invalid(422, "as", "must not be empty")
    return stated_actor(name, "api")


@contextmanager
def change_errors() -> Iterator[None]:
    """Answer errors of changes: 422 with the field, 404 for an unknown id, 409 for a conflict."""
    try:
        yield
    except UnknownChangeError as error:
        raise _invalid(404, error.field, error.reason) from None
    except ChangeConflictError as error:
        raise _invalid(409, error.field, error.reason) from None
    except ChangeError as error:
        raise _invalid(422, error.field, error.reason) from None
    except ConcurrentChangesError as error:
        raise _invalid(409, "as", str(error)) from None


def change_model(change: RotaChange, plan: Plan, now: float) -> models.Change:
    """Return a change as a model."""
    voiding = change.voiding
    names = {one: plan.name_of(one) for one in change.people}
    return models.Change.model_validate(
        {
            "id": change.id,
            "state": change.state(now),
            "rota": change.rota,
            "what": what_changes(change, names),
            "person": change.person and person(plan, change.person),
            "replaces": change.replaces and person(plan, change.replaces),
            "beside": change.beside,
            "start": change.start,
            "end": change.end,
            "by": actor_model(change.actor, plan),
            "why": change.why,
            "created_at": change.created_at,
            "void_reason": voiding and voiding.reason,
            "voided_at": voiding and voiding.at,
            "voided_by": voiding and actor_model(voiding.actor, plan),
        }
    )


def actor_model(actor: Actor, plan: Plan) -> models.Actor:
    """Return an actor as a model."""
    return models.Actor.model_validate({**actor.to_json(), "name": plan.name_of(actor.id)})


def effect_models(effects: Iterable[Effect], plan: Plan) -> list[models.Effect]:
    """Return effects as models."""
    return [
        models.Effect(
            rota=one.rota,
            timezone=plan.rotas[one.rota].zone,
            start=one.start,
            end=one.end,
            before=[person(plan, name) for name in one.before],
            after=[person(plan, name) for name in one.after],
        )
        for one in effects
    ]


def _change_requests(body: models.ChangeGiven) -> list[ChangeRequest]:
    """Return what is asked for. Raises RequestError (422)."""
    if not body.shifts:
        if body.end is None:
            raise _invalid(422, "to", "say when it ends")
        request = ChangeRequest(
            body.rota, body.end, body.start, body.person, body.replaces, body.beside
        )
        return [request]
    others = (body.person, body.replaces, body.start, body.end)
    if body.beside or any(one is not None for one in others):
        raise _invalid(422, "shifts", "give either shifts or one change")
    return [ChangeRequest(body.rota, one.end, one.start, one.person) for one in body.shifts]


def _made(engine: Engine, outcome: ChangeOutcome) -> models.ChangesMade:
    plan, now = engine.plan, engine.now()
    return models.ChangesMade(
        changes=[change_model(one, plan, now) for one in outcome.changes],
        effects=effect_models(outcome.effects, plan),
    )


def _invalid(status: int, field: str, message: str) -> RequestError:
    return RequestError(status, message, [{"field": field, "message": message}])
