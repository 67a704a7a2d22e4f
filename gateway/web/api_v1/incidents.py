"""Endpoints about incidents: list, one in detail, acknowledge, take over, undo."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from gateway.config.source.problem import listed
from gateway.core.actor import Actor, ActorKind, stated_actor
from gateway.core.decide import result
from gateway.core.decide.contacts_due import pending_contacts
from gateway.core.decide.facts import escalation_facts
from gateway.core.plan.plan import Plan
from gateway.core.plan.team import NO_TEAM
from gateway.core.text.escape import one_line
from gateway.core.text.nearest import nearest
from gateway.flow.engine import Engine
from gateway.store import Tx
from gateway.store.queries import deliveries, lists, urgent
from gateway.store.queries.urgent import IncidentFilter
from gateway.store.state import timeline
from gateway.web.api_v1 import models, requests
from gateway.web.api_v1.serialize import (
    alert_model,
    events,
    incident_model,
    notice_model,
    pending_model,
)
from gateway.web.http.errors import RequestError
from gateway.web.pages.incident_view import read_incident

RespondAction = Callable[[int, Actor], Awaitable[result.ActionResult]]
_CHANGING_ANSWERS = {
    result.ActionOutcome.DONE,
    result.ActionOutcome.UNDONE,
    result.ActionOutcome.TAKEN_OVER,
    result.ActionOutcome.GIVEN_BACK,
}
_REFUSING_ANSWERS = {
    result.ActionOutcome.RESOLVED,
    result.ActionOutcome.NOT_ACKNOWLEDGED,
    result.ActionOutcome.HELD,
    result.ActionOutcome.NOT_GIVEN_BACK,
}


async def list_incidents(engine: Engine, query: requests.IncidentsQuery) -> models.IncidentPage:
    """List incidents by urgency: unacknowledged, suppressed, acknowledged, resolved.

    Within each state by severity, then number; resolved ones by number, newest first.
    """
    team = "" if query.team == NO_TEAM else query.team
    selection = IncidentFilter(query.state, query.receiver, query.severity, query.q, team)

    def work(tx: Tx) -> tuple[urgent.Page, list[tuple[str, str, int]]]:
        page = urgent.page(tx, selection, after=query.cursor, limit=query.limit)
        return page, urgent.counts(tx, selection, engine.plan.rank_of)

    page, counts = await engine.store.read(work)
    return models.IncidentPage(
        incidents=[
            models.Incident.model_validate(incident_model(engine, one.incident, one.title))
            for one in page.incidents
        ],
        next=str(page.next) if page.next else None,
        counts=[
            models.IncidentCount.model_validate({"state": state, "severity": severity, "count": n})
            for state, severity, n in counts
        ],
    )


async def one_incident(
    engine: Engine, query: requests.NoQuery, number: int
) -> models.IncidentDetail:
    """Return an incident with its alerts, timeline, notices and their attempts."""
    plan, now = engine.plan, engine.now()

    def work(tx: Tx) -> models.IncidentDetail | None:
        stored = read_incident(tx, number)
        if stored is None:
            return None
        incident = stored.incident
        notices = deliveries.notices_of(tx, number)
        attempts: Mapping[int, Sequence[deliveries.Attempt]] = deliveries.attempts_of(
            tx, [notice.id for notice in notices]
        )
        escalation = escalation_facts(incident, plan, now)
        return models.IncidentDetail.model_validate(
            {
                **incident_model(engine, incident, lists.title_of(tx, number)),
                "escalation": escalation and models.Escalation.model_validate(escalation),
                "pending": [pending_model(one) for one in pending_contacts(incident, plan, now)],
                "alerts": [alert_model(member, now) for member in stored.members],
                "timeline": events(timeline.entries(tx, number)),
                "notices": [notice_model(one, attempts[one.id]) for one in notices],
            }
        )

    incident_detail = await engine.store.read(work)
    if incident_detail is None:
        raise _not_found(number)
    return incident_detail


async def acknowledge(
    engine: Engine, query: requests.NoQuery, number: int, body: requests.By
) -> models.Responded:
    """Acknowledge an incident. The first person wins; a later one gets that person's name."""
    return await _respond(engine, number, body.by, engine.acknowledge)


async def take(
    engine: Engine, query: requests.NoQuery, number: int, body: requests.Take
) -> models.Responded:
    """Take an incident over from the person who acknowledged it, or acknowledge it."""
    return await _respond(engine, number, body.by, partial(engine.take, holder=body.holder))


async def unacknowledge(
    engine: Engine, query: requests.NoQuery, number: int, body: requests.Undo
) -> models.Responded:
    """Undo an acknowledgement: reminders and escalation continue. Or undo a take-over."""
    act = engine.give_back if body.back else engine.unacknowledge
    return await _respond(engine, number, body.by, act)


async def _respond(engine: Engine, number: int, by: str, act: RespondAction) -> models.Responded:
    name = one_line(by, 80)
    if not name:
        raise RequestError(
            422, "a field of the body is invalid", [{"field": "as", "message": "must not be empty"}]
        )
    actor = stated_actor(name, "api")
    try:
        response = await act(number, actor)
    except KeyError:
        raise _not_found(number) from None
    if response.answer in _REFUSING_ANSWERS:
        raise _conflict(engine.plan, response)
    title = await engine.store.read(lambda tx: lists.title_of(tx, number))
    return models.Responded(
        answer=response.answer.value,
        incident=models.Incident.model_validate(incident_model(engine, response.incident, title)),
        warnings=_undeclared_warnings(engine.plan, actor)
        if response.answer in _CHANGING_ANSWERS
        else [],
    )


def _conflict(plan: Plan, response: result.ActionResult) -> RequestError:
    answer, incident = response.answer, response.incident
    number, ack = incident.number, incident.ack
    if answer is result.ActionOutcome.HELD and ack is not None:
        text = f"incident #{number} is acknowledged by {plan.name_of(ack.by)}"
        message = f'to take it over from them, send "from": "{ack.by}"'
        return RequestError(409, text, [{"field": "from", "message": message}])
    if answer is result.ActionOutcome.NOT_GIVEN_BACK:
        text = f"incident #{number} cannot be given back"
        message = "it was not taken over within the last ten minutes, or the former acknowledgement"
        message += " has expired; undo without `back`, and others are notified again"
        return RequestError(409, text, [{"field": "back", "message": message}])
    text = f"incident #{number} is {answer.value}"
    return RequestError(409, text, [{"field": "number", "message": answer.value}])


def _undeclared_warnings(plan: Plan, actor: Actor) -> list[str]:
    """Return a warning if routes.yaml declares people, but not this one.

    It is not refused: at night an acknowledgement is worth more than a right name, and a program
    may acknowledge too.
    """
    name = actor.id
    if actor.kind is not ActorKind.PERSON or not plan.people or name in plan.people:
        return []
    near = nearest(name, plan.people)
    hint = f" Did you mean {near}?" if near else ""
    return [
        f'routes.yaml declares no person "{name}": done in that name, but nobody can be reminded '
        f"by it.{hint} Declared: {listed(plan.people)}."
    ]


def _not_found(number: int) -> RequestError:
    detail = [{"field": "number", "message": f"there is no incident #{number}"}]
    return RequestError(404, "there is no such incident", detail)
