"""The conformance adapter for Alertmanager's webhook bodies."""

import json
from datetime import UTC, datetime
from typing import Any

from gateway.core.alerts.labels import fingerprint
from gateway.core.time.timestamps import parse_rfc3339
from tests.web.parsing import parse_post

__all__ = ["webhook_accepts", "webhook_ingest"]


def webhook_accepts(inputs: dict[str, Any]) -> None:
    """Raise if the body or one of its alerts is refused."""
    parsed = _parse(inputs["body"])
    if parsed.bad:
        raise ValueError(str(parsed.bad))


def webhook_ingest(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the alerts as the gateway reads them, and the group's fields unchanged.

    The gateway makes its own groups, so the group's fields are passed through.
    """
    body = json.loads(inputs["body"])
    parsed = _parse(inputs["body"])
    if parsed.bad:
        raise ValueError(str(parsed.bad))
    alerts = [
        {
            "fingerprint": fingerprint(alert.labels),
            "status": "firing" if alert.ends_at is None else "resolved",
            "labels": dict(alert.labels),
            "annotations": dict(alert.annotations),
            "starts_at": _time(alert.starts_at),
            "ends_at": _time(alert.ends_at),
            "generator_url": alert.generator_url,
        }
        for alert in parsed.alerts
    ]
    firing = any(alert["status"] == "firing" for alert in alerts)
    return {
        "receiver": body.get("receiver", ""),
        "status": "firing" if firing else "resolved",
        "group_key": body.get("groupKey", ""),
        "truncated": parsed.truncated,
        "alerts": alerts,
        "group_labels": body.get("groupLabels") or {},
        "common_labels": body.get("commonLabels") or {},
        "common_annotations": body.get("commonAnnotations") or {},
        "external_url": body.get("externalURL", ""),
    }


def _time(t: float | None) -> str | None:
    """Return a time as Go prints it: no trailing zeros in the fraction (microseconds here)."""
    if t is None:
        return None
    moment = datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return moment.rstrip("0").rstrip(".") + "Z"


def _parse(body: str) -> Any:
    # A time after everything recorded, because a start in the future would become now.
    return parse_post("alertmanager", body.encode(), parse_rfc3339("2100-01-01T00:00:00Z"))
