"""Why was I (not) paged? Answered from stored facts, in one look at the database."""

from collections.abc import Sequence

from gateway.core.incident import Incident
from gateway.core.matcher import MatcherError
from gateway.core.matcher_parse import parse_matchers
from gateway.core.notice import Entry
from gateway.core.outbox import NoticeState
from gateway.core.routing import match_routes
from gateway.flow.engine import RETENTION, Engine
from gateway.render.times import clock_time
from gateway.store import Tx, incidents, members, reading, timeline
from gateway.web.api import explain_person, models
from gateway.web.api.explain_models import (
    ExplainAsked,
    ExplainedAlert,
    ExplainedIncident,
    Explanation,
)
from gateway.web.api.incidents import incident_model, notice_model
from gateway.web.errors import RequestError
from gateway.web.look import zone_for
from gateway.web.standing import standing

MOST_ALERTS = 20
MOST_INCIDENTS = 5
"""Alerts that carry the labels, and the incidents of each, the newest first."""


async def explain(engine: Engine, asked: ExplainAsked) -> Explanation:
    """Why an incident, an alert or a person was told, or was not."""
    given = [one for one in (asked.incident, asked.labels, asked.person) if one is not None]
    if len(given) != 1 or (asked.since is not None and asked.person is None):
        detail = [{"message": "give one of incident, labels, person; since goes with person"}]
        raise RequestError(422, "the question makes no sense", detail)
    if asked.person is not None:
        return await explain_person.explain(engine, asked.person, asked.since)
    if asked.labels is not None:
        labels = _labels(asked.labels)
        return await engine.store.read(lambda tx: _of_labels(tx, engine, labels))
    number = asked.incident or 0
    return await engine.store.read(lambda tx: _of_incident(tx, engine, number))


def _of_incident(tx: Tx, engine: Engine, number: int) -> Explanation:
    found = explained(tx, engine, number)
    if found is None:
        detail = [{"field": "incident", "message": f"there is no incident #{number}"}]
        raise RequestError(404, "there is no such incident", detail)
    return Explanation(
        answer=found.why, person=None, since=None, on_call=[], alerts=[], incidents=[found]
    )


def _of_labels(tx: Tx, engine: Engine, labels: dict[str, str]) -> Explanation:
    now, plan = engine.now(), engine.plan
    zone = zone_for(plan)
    alerts: list[ExplainedAlert] = []
    numbers: dict[int, None] = {}
    found = reading.find_alerts(tx, labels, limit=MOST_ALERTS)
    for alert in found:
        history = reading.history_of_alert(tx, alert.identity, MOST_INCIDENTS)
        numbers.update(dict.fromkeys(one.incident.number for one in history))
        alerts.append(
            ExplainedAlert(
                labels=dict(alert.labels),
                status="resolved" if alert.is_resolved(now) else "firing",
                starts_at=alert.starts_at,
                ends_at=alert.ends_at,
                received_at=alert.updated_at,
                source=alert.source,
                receivers=[route.receiver for route in match_routes(plan.root, alert.labels)],
                incidents=[one.incident.number for one in history],
            )
        )
    shown = sorted(numbers, reverse=True)[:MOST_ALERTS]
    told = [one for number in shown if (one := explained(tx, engine, number)) is not None]
    return Explanation(
        answer=_about(alerts, told) if found else _unknown(tx, zone, now),
        person=None,
        since=None,
        on_call=[],
        alerts=alerts,
        incidents=told,
    )


def _about(alerts: Sequence[ExplainedAlert], told: Sequence[ExplainedIncident]) -> list[str]:
    firing = sum(alert.status == "firing" for alert in alerts)
    said = [f"Alerts with these labels: {len(alerts)}, of which {firing} fire now."]
    lonely = sum(not alert.incidents for alert in alerts)
    if lonely:
        said.append(
            f"In no incident: {lonely}. They had ended when they came in, or their incidents "
            "were long ago."
        )
    for incident in told:
        word = "people were told" if incident.told else "nobody was told"
        said.append(f"Incident #{incident.number}, {incident.state}: {word}.")
    return said


def _unknown(tx: Tx, zone: str, now: float) -> list[str]:
    days = round(RETENTION / 86400)
    said = [
        "No alert with these labels is known: none was taken in, or it ended more than "
        f"{days} days ago."
    ]
    for reject in timeline.rejected(tx, 1):
        when = clock_time(reject.at, zone, now)
        said.append(
            f"The last request that was refused came at {when} to source {reject.source}: "
            f"{reject.error}."
        )
    return said


def explained(tx: Tx, engine: Engine, number: int) -> ExplainedIncident | None:
    """One incident with its reasons; None when there is none of that number."""
    incident = incidents.get(tx, number)
    if incident is None:
        return None
    now, plan = engine.now(), engine.plan
    notices = reading.notices_of(tx, number)
    entries = timeline.of(tx, number)
    joined = members.members(tx, [number]).get(number, [])
    why = _past(incident, entries, notices, zone_for(plan), now)
    why += standing(incident, joined, plan, now, zone_for(plan))
    told = any(notice.state is NoticeState.SENT for notice in notices)
    return explained_model(tx, engine, incident, told, why, entries, notices)


def explained_model(
    tx: Tx,
    engine: Engine,
    incident: Incident,
    told: bool,
    why: Sequence[str],
    entries: Sequence[Entry],
    notices: Sequence[reading.NoticeLine],
) -> ExplainedIncident:
    """The model of an incident that was explained, with the attempts of these notices."""
    attempts = reading.attempts_of(tx, [notice.id for notice in notices])
    title = reading.title_of(tx, incident.number)
    return ExplainedIncident.model_validate(
        {
            **incident_model(engine, incident, title),
            "told": told,
            "why": list(why),
            "timeline": [
                models.Event(at=e.at, kind=e.kind, text=e.text, data=dict(e.data)) for e in entries
            ],
            "notices": [notice_model(one, attempts[one.id]) for one in notices],
        }
    )


def _past(
    incident: Incident,
    entries: Sequence[Entry],
    notices: Sequence[reading.NoticeLine],
    zone: str,
    now: float,
) -> list[str]:
    """Who was told so far and since when, or why nobody was."""
    sent = [notice for notice in notices if notice.state is NoticeState.SENT]
    if sent:
        first = min(notice.sent_at or notice.created_at for notice in sent)
        places = len({notice.target.key for notice in sent})
        said = [
            f"Messages delivered: {len(sent)}, to {places} places, the first at "
            f"{clock_time(first, zone, now)}."
        ]
    elif notices:
        said = ["Messages were written, and none is delivered yet."]
    else:
        said = ["Nobody was told."]
        said += [
            f"It kept quiet from {clock_time(entry.at, zone, now)} on: {entry.text}."
            for entry in entries
            if entry.kind == "kept quiet" and entry.text != incident.why_not
        ]
    failed = [notice for notice in notices if notice.state is NoticeState.DEAD]
    said += [f"Given up: {one.target.key} ({one.outcome}: {one.detail})." for one in failed]
    return said


def _labels(text: str) -> dict[str, str]:
    try:
        matchers = parse_matchers(text)
    except MatcherError as error:
        raise RequestError(422, "a parameter is wrong", [_fault(str(error))]) from None
    if not matchers or any(matcher.op != "=" for matcher in matchers):
        said = 'write labels as {alertname="X", team="billing"}, each with ='
        raise RequestError(422, "a parameter is wrong", [_fault(said)])
    return {matcher.name: matcher.value for matcher in matchers}


def _fault(message: str) -> dict[str, str]:
    return {"field": "labels", "message": message}
