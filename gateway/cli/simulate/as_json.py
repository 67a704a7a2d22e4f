"""A difference as JSON, for programs."""

from typing import Any

from gateway.core.time.timestamps import format_rfc3339
from gateway.simulate.difference import AlertChange, CountChange, Difference
from gateway.simulate.recording import Recording


def as_json(result: Difference, recording: Recording, names: tuple[str, str]) -> dict[str, Any]:
    """Return everything that differs, with lists in the order of the text."""
    return {
        "before": names[0],
        "after": names[1],
        "from": format_rfc3339(recording.start),
        "to": format_rfc3339(recording.end),
        "episodes": len(recording.alerts),
        "alerts_played": result.alerts_played,
        "lost": sum(one.count for one in result.lost),
        "alerts": [_alert(one) for one in result.alerts],
        "people": [_count(one) for one in result.people],
        "teams": [_count(one) for one in result.teams],
        "channels": [_count(one) for one in result.channels],
        "total": _count(result.total),
    }


def _alert(change: AlertChange) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "alertname": change.alerts.alertname,
        "severity": change.alerts.severity,
        "team": change.alerts.team,
        "count": change.count,
        "notified": {"before": change.before, "after": change.after},
        "receivers": {"before": change.receivers_before, "after": change.receivers_after},
        "route_line": change.route,
    }


def _count(change: CountChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "pages": {"before": change.pages_before, "after": change.pages_after},
        "night_pages": {"before": change.night_before, "after": change.night_after},
        "messages": {"before": change.messages_before, "after": change.messages_after},
    }
