"""The episodes of alerts in a time span, and the incidents that each was in."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.episode import Episode, episode_of
from gateway.core.alerts.labels import Labels
from gateway.store import Tx
from gateway.store.queries import lists
from gateway.store.queries.lists import AlertAppearance
from gateway.store.state import episodes
from gateway.web.explain.context import ExplainContext

MOST_INCIDENTS = 200
"""Incidents of one alert that are read, the newest first, to name those of its episodes."""


@dataclass(frozen=True, slots=True)
class EpisodeExplanation:
    """An episode, the labels of its alert, and the incidents it was in, the newest first."""

    episode: Episode
    labels: Labels
    incidents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """The latest episodes of a time span, and how many there are in all."""

    episodes: tuple[EpisodeExplanation, ...]
    count: int


def alert_history(
    tx: Tx, context: ExplainContext, alerts: Sequence[Alert], span: tuple[float, float], limit: int
) -> AlertHistory:
    """Return up to `limit` episodes of these alerts that touch the span, the latest first."""
    start, end = span
    by_identity = {alert.identity: alert for alert in alerts}
    present = [
        episode_of(alert, context.plan.severity_of(alert.labels).name, context.now)
        for alert in alerts
    ]
    touching = [
        one
        for one in present
        if one.starts_at < end and (one.ends_at is None or one.ends_at > start)
    ]
    identities = list(by_identity)
    earlier = episodes.of_alerts(tx, identities, start, end, limit)
    latest = sorted([*touching, *earlier], key=_latest_first)[:limit]
    appearances = {
        identity: lists.history_of_alert(tx, identity, MOST_INCIDENTS)
        for identity in dict.fromkeys(one.identity for one in latest)
    }
    return AlertHistory(
        tuple(
            EpisodeExplanation(
                one, by_identity[one.identity].labels, _incidents(one, appearances[one.identity])
            )
            for one in latest
        ),
        len(touching) + episodes.count(tx, identities, start, end),
    )


def _latest_first(episode: Episode) -> tuple[float, str]:
    return -episode.starts_at, episode.identity


def _incidents(episode: Episode, appearances: Sequence[AlertAppearance]) -> tuple[int, ...]:
    """Return the incidents that were open during the episode and had the alert.

    The report of an episode may arrive after its end. It is then in the first incident since whose
    beginning, as the source said, it fired.
    """
    ends_at = inf if episode.ends_at is None else episode.ends_at
    possible = [
        one
        for one in appearances
        if one.incident.resolved_at is None or one.incident.resolved_at >= episode.starts_at
    ]
    joined = [one for one in possible if one.joined_at <= ends_at]
    late = [one for one in possible if one.incident.began_at <= ends_at][-1:]
    return tuple(one.incident.number for one in joined or late)
