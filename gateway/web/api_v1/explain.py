"""Endpoint `GET /explain`: why was I (not) paged?"""

from collections.abc import Sequence
from difflib import get_close_matches

from gateway.core.plan.person import Person
from gateway.core.plan.plan import Plan
from gateway.core.time.wallclock import load_zone
from gateway.flow.engine import Engine
from gateway.web.api_v1 import models
from gateway.web.api_v1.alerts import episode_models
from gateway.web.api_v1.label_parameter import label_parameter
from gateway.web.api_v1.models.explain import (
    ExplainedAlert,
    ExplainedIncident,
    ExplainQuery,
    Explanation,
)
from gateway.web.api_v1.serialize import events, incident_model, notice_model, silence_model
from gateway.web.api_v1.serialize import person as person_model
from gateway.web.explain.alert_labels import explain_labels
from gateway.web.explain.answers import AlertExplanation, DutyShift, IncidentExplanation
from gateway.web.explain.incident import explain_incident
from gateway.web.explain.names import zone_for
from gateway.web.explain.person import DEFAULT_SPAN, explain_person
from gateway.web.http.errors import RequestError


async def explain(engine: Engine, query: ExplainQuery) -> Explanation:
    """Explain why an incident, an alert or a person was notified, or was not."""
    subjects = [one for one in (query.incident, query.labels, query.person) if one is not None]
    if len(subjects) != 1 or (query.since is not None and query.person is None):
        detail = [{"message": "give one of incident, labels, person; since goes with person"}]
        raise RequestError(422, "a parameter is invalid", detail)
    zone = zone_for(engine.plan, query.person or "") if query.zone is None else _zone(query.zone)
    if query.person is not None:
        return await _about_person(engine, query.person, query.since, zone)
    if query.labels is not None:
        return await _about_labels(engine, label_parameter(query.labels), zone)
    return await _about_incident(engine, query.incident or 0, zone)


async def _about_incident(engine: Engine, number: int, zone: str) -> Explanation:
    explanation = await engine.store.read(lambda tx: explain_incident(tx, engine, number, zone))
    if explanation is None:
        detail = [{"field": "incident", "message": f"there is no incident #{number}"}]
        raise RequestError(404, "there is no such incident", detail)
    incident = _incident_model(engine, explanation)
    return Explanation(
        answer=incident.why, person=None, since=None, on_call=[], alerts=[], incidents=[incident]
    )


async def _about_labels(engine: Engine, labels: dict[str, str], zone: str) -> Explanation:
    explanation = await engine.store.read(lambda tx: explain_labels(tx, engine, labels, zone))
    return Explanation(
        answer=list(explanation.summary),
        person=None,
        since=None,
        on_call=[],
        alerts=[_alert_model(engine, one) for one in explanation.alerts],
        incidents=[_incident_model(engine, one) for one in explanation.incidents],
    )


async def _about_person(engine: Engine, name: str, since: float | None, zone: str) -> Explanation:
    plan, now = engine.plan, engine.now()
    person = _person(plan, name)
    start = now - DEFAULT_SPAN if since is None else since
    if not now - engine.retention <= start < now:
        days = round(engine.retention / 86400)
        raise _invalid(
            "since", f"must lie in the past, by at most {days} days, the retention of incidents"
        )
    explanation = await engine.store.read(
        lambda tx: explain_person(tx, engine, person, start, zone)
    )
    return Explanation(
        answer=list(explanation.summary),
        person=person_model(plan, person.id),
        since=explanation.since,
        on_call=_shift_models(plan, explanation.duty),
        alerts=[],
        incidents=[_incident_model(engine, one) for one in explanation.incidents],
    )


def _incident_model(engine: Engine, explanation: IncidentExplanation) -> ExplainedIncident:
    attempts = explanation.attempts
    return ExplainedIncident.model_validate(
        {
            **incident_model(engine, explanation.incident, explanation.title),
            "told": explanation.notified,
            "why": [str(sentence) for sentence in explanation.reasons],
            "timeline": events(explanation.timeline),
            "notices": [notice_model(one, attempts[one.id]) for one in explanation.notices],
        }
    )


def _alert_model(engine: Engine, explanation: AlertExplanation) -> ExplainedAlert:
    alert, plan, now = explanation.alert, engine.plan, engine.now()
    return ExplainedAlert(
        labels=dict(alert.labels),
        status="firing" if explanation.is_firing else "resolved",
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        received_at=alert.updated_at,
        source=alert.source,
        receivers=list(explanation.receivers),
        incidents=list(explanation.incidents),
        silenced_by=[silence_model(one, plan, now) for one in explanation.silences],
        episodes=episode_models(explanation.history.episodes),
        episode_count=explanation.history.count,
    )


def _shift_models(plan: Plan, duty: Sequence[DutyShift]) -> list[models.Shift]:
    return [
        models.Shift(
            rota=one.rota,
            timezone=one.zone,
            start=one.shift.start,
            end=one.shift.end,
            on_call=[person_model(plan, name) for name in one.shift.people],
            by=str(one.shift.by) if one.shift.by else None,
            source=one.shift.source,
            unknown=one.shift.unknown,
        )
        for one in duty
    ]


def _person(plan: Plan, name: str) -> Person:
    person = plan.people.get(name)
    if person is None:
        near = get_close_matches(name, plan.people, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        text = f"people in routes.yaml: {', '.join(plan.people) or 'none'}{hint}"
        raise RequestError(404, "there is no such person", [{"field": "person", "message": text}])
    return person


def _zone(name: str) -> str:
    try:
        load_zone(name)
    except ValueError as error:
        raise _invalid("zone", str(error)) from None
    return name


def _invalid(field: str, message: str) -> RequestError:
    return RequestError(422, "a parameter is invalid", [{"field": field, "message": message}])
