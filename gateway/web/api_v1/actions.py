"""Endpoints of actions on an incident: one for each, all by `Engine.act`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.config.source.problem import listed
from gateway.core.actions.table import ActionName
from gateway.core.actor import Actor, ActorKind, stated_actor
from gateway.core.decide import result
from gateway.core.decide.result import REFUSING, ActionOutcome
from gateway.core.plan.manual_page import PageRefusedError
from gateway.core.plan.plan import Plan
from gateway.core.plan.references import UnknownReferenceError, check_reference
from gateway.core.text.escape import one_line
from gateway.core.text.nearest import nearest
from gateway.flow.engine import Engine
from gateway.store.queries import lists
from gateway.web.api_v1 import action_requests as bodies
from gateway.web.api_v1 import models, requests
from gateway.web.api_v1.incidents import not_found
from gateway.web.api_v1.serialize import incident_model
from gateway.web.http.errors import RequestError

ActionHandler = Callable[
    [Engine, requests.NoQuery, int, bodies.ActionBody], Awaitable[models.Responded]
]


@dataclass(frozen=True, slots=True)
class ActionEndpoint:
    """An action as an operation of the API: its name there, its summary and its body."""

    action: ActionName
    operation: str
    summary: str
    body: type[bodies.ActionBody] = bodies.ActionBody

    @property
    def handler(self) -> ActionHandler:
        """The handler; its docstring is the summary."""
        name = self.action

        async def handle(
            engine: Engine, query: requests.NoQuery, number: int, body: bodies.ActionBody
        ) -> models.Responded:
            chosen = name
            if isinstance(body, bodies.Undo) and body.back:
                chosen = ActionName.BACK
            return await _respond(engine, number, chosen, body)

        handle.__doc__ = self.summary
        return handle


ACTION_ENDPOINTS = (
    ActionEndpoint(
        ActionName.ACK,
        "acknowledgeIncident",
        "Acknowledge an incident. The first person wins; a later one gets that person's name.",
    ),
    ActionEndpoint(
        ActionName.TAKE,
        "takeIncident",
        "Take an incident over from the person who acknowledged it, or acknowledge it.",
        bodies.Take,
    ),
    ActionEndpoint(
        ActionName.UNACK,
        "unacknowledgeIncident",
        "Undo an acknowledgement: reminders and escalation continue. Or undo a take-over.",
        bodies.Undo,
    ),
    ActionEndpoint(
        ActionName.EXTEND,
        "extendAcknowledgement",
        "Let the acknowledgement hold longer.",
        bodies.Extend,
    ),
    ActionEndpoint(
        ActionName.HANDOVER,
        "handIncidentOver",
        "Hand an acknowledged incident over to a person, who accepts by acknowledging it.",
        bodies.Handover,
    ),
    ActionEndpoint(
        ActionName.DECLINE,
        "declineHandover",
        "Decline an incident that is handed over to you, or withdraw your own offer.",
    ),
    ActionEndpoint(
        ActionName.COMMENT, "commentOnIncident", "Comment on an incident.", bodies.Comment
    ),
    ActionEndpoint(
        ActionName.ESCALATE,
        "escalateIncident",
        "Take the next step of its escalation now.",
        bodies.Escalate,
    ),
    ActionEndpoint(
        ActionName.PAGE,
        "pageAboutIncident",
        "Page people, rotas or receivers about an incident.",
        bodies.Page,
    ),
    ActionEndpoint(
        ActionName.RESOLVE,
        "resolveIncident",
        "Resolve an incident by hand. It opens again if its alerts fire on after `reopen_after`.",
        bodies.Resolve,
    ),
    ActionEndpoint(
        ActionName.REOPEN,
        "reopenIncident",
        "Open an incident again that was resolved by hand and whose alerts still fire.",
    ),
    ActionEndpoint(
        ActionName.SNOOZE,
        "snoozeIncident",
        "Notify nothing about an incident until a time, unless it gets worse.",
        bodies.Snooze,
    ),
    ActionEndpoint(
        ActionName.UNSNOOZE, "unsnoozeIncident", "End a snooze: what still fires is notified now."
    ),
    ActionEndpoint(
        ActionName.MERGE,
        "mergeIncident",
        "Merge an incident into another one, which notifies for both from now on.",
        bodies.Merge,
    ),
    ActionEndpoint(
        ActionName.UNMERGE,
        "unmergeIncident",
        "Undo a merge: the incident notifies by itself again.",
    ),
    ActionEndpoint(ActionName.LINK, "linkIncidents", "Link two incidents.", bodies.Other),
    ActionEndpoint(ActionName.UNLINK, "unlinkIncidents", "Undo a link.", bodies.Other),
    ActionEndpoint(
        ActionName.USEFUL, "rateIncidentUseful", "Say that it was useful to be notified of it."
    ),
    ActionEndpoint(
        ActionName.NOISE, "rateIncidentNoise", "Say that it was noise: nobody needed to know."
    ),
    ActionEndpoint(ActionName.UNRATE, "unrateIncident", "Take back whether it was useful."),
    ActionEndpoint(
        ActionName.TEAM, "changeTeamOfIncident", "Give an incident to another team.", bodies.NewTeam
    ),
)


async def page(engine: Engine, query: requests.NoQuery, body: bodies.ManualPage) -> models.Paged:
    """Page people without any alert: open an incident that is routed by its labels."""
    actor = stated_actor(_name(body.by), "api")
    text = one_line(body.text, 1000)
    if not text:
        raise _invalid("text", "must not be empty")
    try:
        opened = await engine.manual_pages.open(actor, text, body.team, body.severity, body.labels)
    except PageRefusedError as error:
        raise _invalid(error.field, str(error)) from None
    titles = await engine.store.read(
        lambda tx: {one.number: lists.title_of(tx, one.number) for one in opened}
    )
    return models.Paged(
        incidents=[
            models.Incident.model_validate(incident_model(engine, one, titles[one.number]))
            for one in opened
        ],
        warnings=[
            *_undeclared_warnings(engine.plan, actor),
            *(
                f'receiver "{one.receiver}" of incident #{one.number} has no targets'
                for one in opened
                if not _reaches(engine.plan, one.receiver)
            ),
        ],
    )


def _reaches(plan: Plan, receiver: str) -> bool:
    known = plan.receivers.get(receiver)
    return known is not None and bool(known.targets or known.escalate)


def _name(by: str) -> str:
    name = one_line(by, 80)
    if not name:
        raise _invalid("as", "must not be empty")
    return name


def _invalid(field: str, message: str) -> RequestError:
    detail = [{"field": field, "message": message}]
    return RequestError(422, "a field of the body is invalid", detail)


async def _respond(
    engine: Engine, number: int, name: ActionName, body: bodies.ActionBody
) -> models.Responded:
    actor = stated_actor(_name(body.by), "api")
    if isinstance(body, bodies.Page):
        _check_references(engine.plan, body.notify)
    try:
        response = await engine.act(number, name, actor, body.second, **body.arguments)
    except KeyError as missing:
        raise not_found(missing.args[0]) from None
    if response.answer in REFUSING:
        raise _refusal(engine.plan, response)
    incident = response.incident
    title = await engine.store.read(lambda tx: lists.title_of(tx, incident.number))
    return models.Responded(
        answer=response.answer.value,
        incident=models.Incident.model_validate(incident_model(engine, incident, title)),
        warnings=[] if response.decision is None else _undeclared_warnings(engine.plan, actor),
    )


def _check_references(plan: Plan, notify: list[str]) -> None:
    for text in notify:
        try:
            check_reference(plan, text)
        except UnknownReferenceError as error:
            raise _invalid("notify", str(error)) from None


def _refusal(plan: Plan, response: result.ActionResult) -> RequestError:
    answer, incident = response.answer, response.incident
    number, ack = incident.number, incident.ack
    if answer is ActionOutcome.REFUSED:
        status = 409 if response.field == "number" else 422
        return RequestError(
            status, response.why, [{"field": response.field, "message": response.why}]
        )
    if answer is ActionOutcome.HELD and ack is not None:
        text = f"incident #{number} is acknowledged by {plan.name_of(ack.by)}"
        message = f'to take it over from them, send "from": "{ack.by}"'
        return RequestError(409, text, [{"field": "from", "message": message}])
    if answer is ActionOutcome.NOT_GIVEN_BACK:
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
