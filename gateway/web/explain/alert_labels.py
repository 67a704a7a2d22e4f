"""Explanation of the alerts that have some labels."""

from collections.abc import Mapping, Sequence

from gateway.flow.engine import Engine
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.store.state import timeline
from gateway.web.explain.answers import AlertExplanation, IncidentExplanation, LabelsExplanation
from gateway.web.explain.context import ExplainContext
from gateway.web.explain.episodes import alert_history
from gateway.web.explain.incident import explain_incident
from gateway.web.explain.silences import current_silences

MOST_ALERTS = 20
MOST_INCIDENTS = 5
MOST_EPISODES = 10
"""Bounds of one answer: alerts that have the labels, the newest incidents and episodes of each."""


def explain_labels(
    tx: Tx, engine: Engine, labels: Mapping[str, str], zone: str
) -> LabelsExplanation:
    """Return the alerts that have all of `labels`, and explain their incidents."""
    context = ExplainContext(engine.plan, engine.now(), zone)
    alerts = _alerts(tx, context, labels, engine.retention)
    numbers = sorted({number for alert in alerts for number in alert.incidents}, reverse=True)
    incidents = [
        explanation
        for number in numbers[:MOST_ALERTS]
        if (explanation := explain_incident(tx, engine, number, zone)) is not None
    ]
    summary = (
        _summary(alerts, incidents) if alerts else _unknown_summary(tx, context, engine.retention)
    )
    return LabelsExplanation(tuple(summary), tuple(alerts), tuple(incidents))


def _alerts(
    tx: Tx, context: ExplainContext, labels: Mapping[str, str], retention: float
) -> list[AlertExplanation]:
    now = context.now
    span = (now - retention, now + 1.0)
    silences = current_silences(tx, now)
    explanations = []
    for alert in lists.find_alerts(tx, labels, limit=MOST_ALERTS):
        history = lists.history_of_alert(tx, alert.identity, MOST_INCIDENTS)
        routes = context.plan.routes_of(alert.labels)
        explanations.append(
            AlertExplanation(
                alert=alert,
                is_firing=not alert.is_resolved(now),
                receivers=tuple(route.receiver for route in routes),
                incidents=tuple(one.incident.number for one in history),
                silences=tuple(silences.silencing(alert.labels, now)),
                history=alert_history(tx, context, [alert], span, MOST_EPISODES),
            )
        )
    return explanations


def _summary(
    alerts: Sequence[AlertExplanation], incidents: Sequence[IncidentExplanation]
) -> list[str]:
    firing = sum(alert.is_firing for alert in alerts)
    texts = [f"Alerts with these labels: {len(alerts)}, firing now: {firing}."]
    without_incident = sum(not alert.incidents for alert in alerts)
    if without_incident:
        texts.append(
            f"Without an incident: {without_incident}. They were resolved when they arrived, or "
            "their incidents are past their retention."
        )
    for one in incidents:
        outcome = "people were notified" if one.notified else "nobody was notified"
        texts.append(f"Incident #{one.incident.number}, {one.incident.state}: {outcome}.")
    return texts


def _unknown_summary(tx: Tx, context: ExplainContext, retention: float) -> list[str]:
    days = round(retention / 86400)
    texts = [
        "No alert with these labels is known: none was received, or it was resolved more than "
        f"{days} days ago."
    ]
    for reject in timeline.rejected_requests(tx, 1):
        texts.append(
            f"The last refused request came at {context.clock(reject.at)} to source "
            f"{reject.source}: {reject.error}."
        )
    return texts
