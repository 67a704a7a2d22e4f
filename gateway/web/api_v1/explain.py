"""Why was I (not) paged? Answered from stored facts, in one look at the database."""

from collections.abc import Sequence

from gateway.core.matching.matcher import MatcherError
from gateway.core.matching.text import LABELS_HELP, read_labels
from gateway.core.routing.match import match_routes
from gateway.core.time.wallclock import load_zone
from gateway.flow.engine import Engine
from gateway.flow.housekeeping import RETENTION
from gateway.render.view.times import clock_time
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.store.state import timeline
from gateway.web.api_v1 import explain_person
from gateway.web.api_v1.explain_incident import explained
from gateway.web.api_v1.explain_models import (
    ExplainedAlert,
    ExplainedIncident,
    ExplainQuery,
    Explanation,
)
from gateway.web.api_v1.silences import silence_model
from gateway.web.explain.names import zone_for
from gateway.web.explain.silenced import silences_now
from gateway.web.http.errors import RequestError

MOST_ALERTS = 20
MOST_INCIDENTS = 5
"""Alerts that carry the labels, and the incidents of each, the newest first."""


async def explain(engine: Engine, query: ExplainQuery) -> Explanation:
    """Why an incident, an alert or a person was told, or was not."""
    given = [one for one in (query.incident, query.labels, query.person) if one is not None]
    if len(given) != 1 or (query.since is not None and query.person is None):
        detail = [{"message": "give one of incident, labels, person; since goes with person"}]
        raise RequestError(422, "the question makes no sense", detail)
    zone = zone_for(engine.plan, query.person or "") if query.zone is None else _zone(query.zone)
    if query.person is not None:
        return await explain_person.explain(engine, query.person, query.since, zone)
    if query.labels is not None:
        labels = _labels(query.labels)
        return await engine.store.read(lambda tx: _of_labels(tx, engine, labels, zone))
    number = query.incident or 0
    return await engine.store.read(lambda tx: _of_incident(tx, engine, number, zone))


def _zone(name: str) -> str:
    try:
        load_zone(name)
    except ValueError as error:
        fault = {"field": "zone", "message": str(error)}
        raise RequestError(422, "a parameter is wrong", [fault]) from None
    return name


def _of_incident(tx: Tx, engine: Engine, number: int, zone: str) -> Explanation:
    found = explained(tx, engine, number, zone)
    if found is None:
        detail = [{"field": "incident", "message": f"there is no incident #{number}"}]
        raise RequestError(404, "there is no such incident", detail)
    return Explanation(
        answer=found.why, person=None, since=None, on_call=[], alerts=[], incidents=[found]
    )


def _of_labels(tx: Tx, engine: Engine, labels: dict[str, str], zone: str) -> Explanation:
    now, plan = engine.now(), engine.plan
    alerts: list[ExplainedAlert] = []
    numbers: dict[int, None] = {}
    found = lists.find_alerts(tx, labels, limit=MOST_ALERTS)
    known = silences_now(tx, now)
    for alert in found:
        history = lists.history_of_alert(tx, alert.identity, MOST_INCIDENTS)
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
                silenced_by=[
                    silence_model(one, plan, now) for one in known.silencing(alert.labels, now)
                ],
            )
        )
    shown = sorted(numbers, reverse=True)[:MOST_ALERTS]
    told = [one for number in shown if (one := explained(tx, engine, number, zone)) is not None]
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
    said = [f"Alerts with these labels: {len(alerts)}, firing now: {firing}."]
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
    for reject in timeline.rejected_requests(tx, 1):
        when = clock_time(reject.at, zone, now)
        said.append(
            f"The last request that was refused came at {when} to source {reject.source}: "
            f"{reject.error}."
        )
    return said


def _labels(text: str) -> dict[str, str]:
    try:
        labels = read_labels(text)
    except MatcherError as error:
        raise RequestError(422, "a parameter is wrong", [_fault(str(error))]) from None
    if not labels:
        raise RequestError(422, "a parameter is wrong", [_fault(LABELS_HELP)])
    return labels


def _fault(message: str) -> dict[str, str]:
    return {"field": "labels", "message": message}
