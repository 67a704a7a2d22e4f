"""Alerts and groups as JSON of Alertmanager's API v2, a page at a time.

Labels and annotations are stored as JSON and copied unchanged.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339
from gateway.flow.queries.active_alerts import ActiveAlert, GroupedAlert

NO_END = "0001-01-01T00:00:00.000Z"
"""Go's zero time: the end of an alert without one, as in Alertmanager's webhook."""

_instant = lru_cache(maxsize=4096)(format_rfc3339)  # alerts of a batch share their times


@lru_cache(maxsize=1024)
def _receivers(names: tuple[str, ...]) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps([{"name": name} for name in names]))


@lru_cache(maxsize=1024)
def _status(
    silenced_by: tuple[str, ...], inhibited_by: str | None, muted_by: tuple[str, ...]
) -> orjson.Fragment:
    # An acknowledged alert is still active: acknowledging suppresses nothing here.
    suppressed = silenced_by or inhibited_by is not None or muted_by
    status = {
        "inhibitedBy": [] if inhibited_by is None else [inhibited_by],
        "mutedBy": muted_by,
        "silencedBy": silenced_by,
        "state": "suppressed" if suppressed else "active",
    }
    return orjson.Fragment(orjson.dumps(status))


def _alert(
    alert: ActiveAlert, receivers: tuple[str, ...], muted_by: tuple[str, ...]
) -> dict[str, Any]:
    fields = {
        "annotations": orjson.Fragment(alert.annotations_text),
        "endsAt": NO_END if alert.ends_at is None else _instant(alert.ends_at),
        "fingerprint": alert.fingerprint,
        "receivers": _receivers(receivers),
        "startsAt": _instant(alert.starts_at),
        "status": _status(alert.silenced_by, alert.inhibited_by, muted_by),
        "updatedAt": _instant(alert.updated_at),
    }
    if alert.generator_url:
        fields["generatorURL"] = alert.generator_url
    fields["labels"] = orjson.Fragment(alert.labels_text)
    return fields


class AlertList:
    """Writer of `gettableAlerts`: the pages it returns join to one JSON list."""

    def __init__(self) -> None:
        self._before = b"["

    def __call__(self, page: Sequence[ActiveAlert]) -> bytes:
        """Return the next page."""
        if not page:
            return b""
        text = orjson.dumps([_alert(alert, alert.receivers, ()) for alert in page])
        before, self._before = self._before, b","
        return before + text[1:-1]

    def end(self) -> bytes:
        """Return the closing brackets."""
        return b"[]" if self._before == b"[" else b"]"


class GroupList:
    """Writer of `alertGroups`. A group may continue on the next page."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._number: int | None = None

    def __call__(self, page: Sequence[GroupedAlert]) -> bytes:
        """Return the next page."""
        written = []
        for group, muted_by, alert in page:
            if group.number == self._number:
                written.append(b",")
            else:
                written.append(b"[" if self._number is None else b"]},")
                written.append(self._beginning(group.labels, group.receiver, group.route_id))
                self._number = group.number
            receivers = tuple(sorted(alert.receivers))
            written.append(orjson.dumps(_alert(alert, receivers, muted_by)))
        return b"".join(written)

    def end(self) -> bytes:
        """Return the closing brackets."""
        return b"[]" if self._number is None else b"]}]"

    def _beginning(self, labels: str, receiver: str, route_id: str) -> bytes:
        route = self._plan.routes.get(route_id)
        group = {
            "labels": orjson.Fragment(labels),
            "receiver": {"name": receiver},
            "routeLabels": dict(route.labels) if route else {},
        }
        return orjson.dumps(group)[:-1] + b',"alerts":['
