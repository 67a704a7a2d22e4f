"""Alerts in lists of pages: a name, a summary and the labels that matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.core.alerts.alert import Alert
from gateway.core.matching.matcher import Matcher
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert in a list."""

    name: str
    summary: str
    text: str
    when: str


def view_line(row: Any, view: dict[str, Any], zone: str, now: float) -> AlertLine:
    """Return an alert by the labels that differ between the alerts of the incident."""
    pairs = dict(row.pairs)
    name = pairs.pop("alertname", "")
    text = ", ".join(f"{label} {value}" for label, value in pairs.items())
    if not name:  # all alerts share the name: the labels that differ identify this one
        name, text = text or view["name"], ""
    when = f"since {clock_time(row.starts_at, zone, now)}"
    if row.status == "resolved" and row.ends_at is not None:
        when = f"resolved at {clock_time(row.ends_at, zone, now)}"
    return AlertLine(name, row.summary or view["summary"], text, when)


def alert_line(alert: Alert, matchers: Iterable[Matcher], zone: str, now: float) -> AlertLine:
    """Return an alert by the labels that the matchers do not fix."""
    fixed = {one.name for one in matchers if one.op == "="} | {"alertname"}
    labels = [(k, v) for k, v in sorted(alert.labels.items()) if k not in fixed]
    return AlertLine(
        clean(alert.labels.get("alertname", "an alert"), 100),
        clean(alert.annotations.get("summary", ""), 300),
        ", ".join(f"{clean(k, 60)} {clean(v, 80)}" for k, v in labels),
        f"since {clock_time(alert.starts_at, zone, now)}",
    )
