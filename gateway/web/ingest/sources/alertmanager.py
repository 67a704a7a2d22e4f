"""Alertmanager's webhook, version 4.

Fields as documented in Alertmanager's "configuration", section "webhook_config". Older bodies lack
`fingerprint` and `truncatedAlerts`; newer ones add `notification_reason` (0.32) and `routeLabels`
(0.34); bodies of version 3 differ only in a numeric `groupKey`. Unknown fields are ignored. The
group's status is ignored too, because each alert has its own and our own routing groups them.
"""

from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post


def parse(post: Post) -> Parsed:
    """Parse the alerts of one webhook. Raise BodyError."""
    body, now = post.body, post.now
    content, strict = read_json(body)
    if not isinstance(content, dict):
        raise BodyError(422, f"the body must be an object, not {fields.kind_of(content)}")
    items = content.get("alerts", ())
    if items is None:
        items = ()
    if "alerts" not in content or not isinstance(items, list | tuple):
        text = "missing" if "alerts" not in content else "must be a list"
        fault = BadAlert(None, "alerts", f"{text}: Alertmanager's webhook has a list of alerts")
        raise BodyError(422, f"the field alerts is {text}", [fault])
    parsed = Parsed(malformed=not strict, truncated=omitted_count(content.get("truncatedAlerts")))
    foreign = has_foreign_text(body, strict=strict)
    for index, item in enumerate(items):
        try:
            parsed.alerts.append(read_alert(item, index, now, parsed.repaired, foreign=foreign))
        except fields.FieldError as error:
            parsed.bad.append(BadAlert(index, error.field, error.message))
    return parsed


def read_alert(
    item: Any, index: int, now: float, repaired: list[BadAlert], *, foreign: bool
) -> ReportedAlert:
    """Return one alert of a webhook. Raise FieldError."""
    labels, annotations, url, starts_at, ends_at = fields.read(
        item, index, repaired, foreign=foreign
    )
    if starts_at is not None and starts_at > now:
        starts_at = None  # the sender's clock is ahead: use the time of receipt
    if _resolved(item, ends_at, now):
        # The end is neither before the start nor after now, even if the sender's clock is wrong.
        ends_at = now if ends_at is None else min(max(ends_at, starts_at or ends_at), now)
    else:
        ends_at = None
    return ReportedAlert(labels, annotations, starts_at, ends_at, url)


def _resolved(item: dict[str, Any], ends_at: float | None, now: float) -> bool:
    status = item.get("status")
    if status == "firing":
        return False
    if status == "resolved":
        return True
    if status is None:
        return ends_at is not None and ends_at <= now
    raise fields.FieldError("status", "must be firing or resolved")


def omitted_count(value: Any) -> int:
    """Return the number of alerts that the sender left out; 0 for anything else."""
    return value if isinstance(value, int) and value > 0 else 0
