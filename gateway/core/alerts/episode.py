"""Episodes of an alert: each firing from its start to its end.

An alert is stored once, with its latest episode. When it fires again, the episode that this
overwrites is recorded from what was stored.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.alerts.alert import Alert


class EpisodeState(StrEnum):
    """Whether an episode lasts, or how it ended."""

    FIRING = "firing"
    RESOLVED = "resolved"
    TIMED_OUT = "timed out"  # no end was sent: the source stopped to report it


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing of an alert (unix seconds UTC). `ends_at` is None while it lasts.

    `severity` is the name that the plan gave to it, `source` the source that reported it last.
    """

    identity: str
    starts_at: float
    ends_at: float | None
    state: EpisodeState
    severity: str
    source: str


def begins_episode(old: Alert, merged: Alert) -> bool:
    """Return whether a report began another episode than the stored one.

    `merge` returns the earliest start of an episode, so a later start is another episode.
    """
    return merged.starts_at > old.starts_at


def episode_of(alert: Alert, severity: str, now: float) -> Episode:
    """Return the episode that the alert holds, as it is at `now`."""
    ends_at = alert.resolved_at(now)
    state = EpisodeState.FIRING
    if ends_at is not None:
        state = EpisodeState.TIMED_OUT if alert.timeout else EpisodeState.RESOLVED
    return Episode(alert.identity, alert.starts_at, ends_at, state, severity, alert.source)
