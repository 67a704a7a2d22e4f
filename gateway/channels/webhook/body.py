"""The body of Alertmanager's webhook, version 4. Pure.

Source: prometheus/alertmanager docs/configuration.md (webhook_config), notify/webhook/webhook.go,
template/template.go; recorded bodies of 0.33.1 are among the test fixtures.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from gateway.channels.support import facts as read
from gateway.core.decide.facts import common
from gateway.core.incidents.message import Message
from gateway.core.incidents.notice import NotifyReason

NO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time, which Alertmanager writes as the end of an alert that still fires."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _NEW, _REPEAT = "first notification", "new alerts added", "repeat interval elapsed"
_REASONS = {
    NotifyReason.NEW_ALERTS: _NEW,
    NotifyReason.WORSE: _NEW,
    NotifyReason.SOME_RESOLVED: "some alerts resolved",
    NotifyReason.RESOLVED: "all alerts resolved",
    NotifyReason.REPEAT: _REPEAT,
    NotifyReason.ESCALATION: _REPEAT,
    NotifyReason.ACK_UNDONE: _REPEAT,
    NotifyReason.ACK_EXPIRED: _REPEAT,
}
"""Alertmanager's words. Reasons without one are sent as a first notification."""


def body(message: Message, *, max_alerts: int = 0) -> dict[str, Any]:
    """Return the JSON object to post.

    `max_alerts` 0 sends all; the rest is counted in truncatedAlerts. The reduced form holds one
    alert, because a body is usually refused for its size.
    """
    facts = message.facts
    # As Alertmanager does: alerts that resolved unnotified are listed beside the others.
    decided = read.alerts(facts)
    listed = (*decided, *read.alerts(facts, "unheard"))
    most = 1 if message.reduced else max_alerts
    shown = listed[:most] if most else listed
    common_labels = read.mapping(facts, "common_labels")
    common_annotations = read.mapping(facts, "common_annotations")
    if len(shown) != len(decided):
        common_labels = common([alert.labels for alert in shown])
        common_annotations = common([alert.annotations for alert in shown])
    route_labels = read.mapping(facts, "route_labels")
    links = [{"title": link.text, "url": link.url} for link in message.links if link.role == "link"]
    resolved = message.status == "resolved"
    return {
        "receiver": read.text(facts, "receiver"),
        "status": "resolved" if resolved else "firing",
        "alerts": [_alert(alert) for alert in shown],
        "notification_reason": "all alerts resolved"
        if resolved
        else _REASONS.get(message.reason, _FIRST),
        "groupLabels": read.mapping(facts, "group_labels"),
        "commonLabels": common_labels,
        **({"routeLabels": route_labels} if route_labels else {}),  # Alertmanager 0.34
        "commonAnnotations": common_annotations,
        **({"links": links} if links else {}),  # of routes.yaml: Alertmanager has no such key
        "externalURL": read.text(facts, "external_url"),
        "version": "4",
        "groupKey": read.text(facts, "group_key") or message.dedup_key,
        "truncatedAlerts": len(listed) - len(shown) + read.count(facts, "more"),
    }


def _alert(alert: read.AlertFacts) -> dict[str, Any]:
    return {
        "status": "firing" if alert.firing else "resolved",
        "labels": alert.labels,
        "annotations": alert.annotations,
        "startsAt": rfc3339(alert.starts_at),
        "endsAt": NO_TIME if alert.firing else rfc3339(alert.ends_at),
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }


def rfc3339(at: float | None) -> str:
    """Return unix seconds as Go writes a UTC time: without trailing zeros."""
    if at is None:
        return NO_TIME
    # Microseconds as integers: fromtimestamp rounds halves to even and refuses some platforms'
    # negative instants.
    try:
        second, micros = divmod(round(at * 1_000_000), 1_000_000)
        text = _second(second)
    except (OverflowError, ValueError):
        return NO_TIME
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    return f"{text}{fraction}Z"


@lru_cache(maxsize=1024)  # many alerts of an outage begin in the same second
def _second(second: int) -> str:
    moment = _EPOCH + timedelta(seconds=second)
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
