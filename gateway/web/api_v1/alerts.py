"""Endpoint `GET /alerts/history`: the episodes of alerts in a time span."""

from collections.abc import Sequence

from gateway.flow.engine import Engine
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.web.api_v1.label_parameter import label_parameter
from gateway.web.api_v1.models.alerts import AlertEpisode, AlertHistory, AlertHistoryQuery
from gateway.web.explain.context import ExplainContext
from gateway.web.explain.episodes import EpisodeExplanation, alert_history
from gateway.web.http.errors import RequestError

DEFAULT_SPAN = 7 * 86400.0
"""Seconds that an answer covers by default."""

MOST_ALERTS = 500
"""Alerts whose episodes are read for one answer, the latest reported first."""


async def history(engine: Engine, query: AlertHistoryQuery) -> AlertHistory:
    """List the firings of the alerts that have some labels, also those that fired again since."""
    labels, now = label_parameter(query.labels), engine.now()
    end = now if query.end is None else query.end
    start = end - DEFAULT_SPAN if query.start is None else query.start
    if start >= end:
        detail = [{"field": "from", "message": "must be before to"}]
        raise RequestError(422, "a parameter is invalid", detail)
    context = ExplainContext(engine.plan, now, engine.plan.business_hours.zone)

    def work(tx: Tx) -> AlertHistory:
        alerts = lists.find_alerts(tx, labels, limit=MOST_ALERTS)
        matches = alert_history(tx, context, alerts, (start, end), query.limit)
        return AlertHistory(
            episodes=episode_models(matches.episodes),
            count=matches.count,
            stored_since=now - engine.retention,
            notes=_notes(context, len(alerts), start, now - engine.retention),
        )

    return await engine.store.read(work)


def episode_models(episodes: Sequence[EpisodeExplanation]) -> list[AlertEpisode]:
    """Return episodes as models."""
    return [
        AlertEpisode(
            labels=dict(one.labels),
            starts_at=one.episode.starts_at,
            ends_at=one.episode.ends_at,
            state=one.episode.state,
            severity=one.episode.severity,
            source=one.episode.source,
            incidents=list(one.incidents),
        )
        for one in episodes
    ]


def _notes(context: ExplainContext, alerts: int, start: float, stored_since: float) -> list[str]:
    notes = []
    if start < stored_since:
        oldest = context.clock(stored_since)
        notes.append(f"Episodes that ended before {oldest} are past their retention: not counted.")
    if alerts == MOST_ALERTS:
        notes.append(
            f"More than {MOST_ALERTS} alerts may have these labels: only the latest reported ones "
            "are counted. Name more labels."
        )
    return notes
