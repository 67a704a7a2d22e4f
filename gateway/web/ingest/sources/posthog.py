"""PostHog's HTTP webhook destination: alerts on insights and logs, error tracking, any event.

Its default body is the event, with the person beside it, who is not read. The destination of logs
alerts has a flat body. An insight alert is posted at each check that finds a breach, and its
end never is: it ends by the resolve timeout of the source, unless one is posted.
"""

from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.text.json_values import text_of
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post, Related

ALERT = "posthog_alert"
ISSUE = "posthog_issue"
SEVERITY = "warning"
"""The severity of alerts, because PostHog has none. `labels:` of the source may name another."""

BROKEN = "PostHogAlertBroken"
"""The alertname of an alert that PostHog has switched off, so that it cannot fire any more."""

_INSIGHT = "$insight_alert_"
_LOGS = "$logs_alert_"
_ERROR = "$error_tracking_issue_"

Content = dict[str, Any]


def parse(post: Post) -> Parsed:
    """Parse one webhook. Raise BodyError."""
    content, strict = read_json(post.body)
    if not isinstance(content, dict):
        raise BodyError(422, f"the body must be an object, not {fields.kind_of(content)}")
    parsed = Parsed(malformed=not strict)
    reader = _Reader(post, parsed, foreign=has_foreign_text(post.body, strict=strict))
    try:
        reader.read(content)
    except fields.FieldError as error:
        parsed.related.clear()  # a refused alert ends none
        parsed.bad.append(BadAlert(0, error.field, error.message))
    return parsed


class _Reader:
    """Reads one body into `parsed`. Its methods raise FieldError."""

    def __init__(self, post: Post, parsed: Parsed, *, foreign: bool) -> None:
        self._source = post.source
        self._parsed = parsed
        self._foreign = foreign

    def read(self, content: Content) -> None:
        """Read a default body, or the flat one of a logs alert."""
        event = content.get("event")
        if isinstance(event, str) and "alert_id" in content:
            self._read_alert(event, content, text_of(content.get("logs_url")))
            return
        if not isinstance(event, dict):
            raise fields.FieldError("event", f"must be an object, not {fields.kind_of(event)}")
        name = event.get("event")
        if not isinstance(name, str) or not name:
            raise fields.FieldError("event.event", "missing: it is the name of the event")
        properties = event.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        url = text_of(event.get("url"))
        if name.startswith((_INSIGHT, _LOGS)):
            state = name.removeprefix(_INSIGHT).removeprefix(_LOGS)
            self._read_alert(state, properties, text_of(properties.get("logs_url")) or url)
        elif name.startswith(_ERROR):
            self._read_error(name.removeprefix(_ERROR), event, properties, url)
        else:
            self._add({"alertname": name}, {"summary": f"event {name}"}, url)

    def _read_alert(self, state: str, about: Content, url: str) -> None:
        number = text_of(about.get("alert_id"))
        if not number:
            raise fields.FieldError("alert_id", "missing: it identifies the alert")
        self._parsed.related.append(Related(ALERT, number, end=True))
        if state == "resolved":
            return
        if state not in ("firing", "broken", "auto_disabled"):
            raise fields.FieldError("event", "must be firing, resolved or broken")
        name = text_of(about.get("alert_name")) or "PostHogAlert"
        labels = {"alertname": name, ALERT: number}
        annotations = _annotations(about)
        if state != "firing":
            labels = {"alertname": BROKEN, "name": name, ALERT: number}
            annotations["summary"] = f"PostHog has switched off the alert {name}"
        self._add(labels, annotations, url)

    def _read_error(self, change: str, event: Content, properties: Content, url: str) -> None:
        number = text_of(properties.get("issue_id")) or text_of(event.get("distinct_id"))
        if not number:
            raise fields.FieldError("event.distinct_id", "missing: it identifies the issue")
        name = text_of(properties.get("name"))
        annotations = {
            "summary": f"{name} ({change})" if name else f"issue {change}",
            "description": text_of(properties.get("description")),
        }
        self._add({"alertname": "PostHogIssue", ISSUE: number}, annotations, url)

    def _add(self, labels: dict[str, str], annotations: dict[str, str], url: str) -> None:
        """Add a firing alert; it begins when it is received."""
        if self._source.severity_label not in self._source.labels:
            labels[self._source.severity_label] = SEVERITY
        item = {
            "labels": labels,
            "annotations": {name: text for name, text in annotations.items() if text},
            "generatorURL": url,
        }
        read = fields.read(item, 0, self._parsed.repaired, foreign=self._foreign)
        alert = ReportedAlert(read.labels, read.annotations, None, None, read.url)
        self._parsed.alerts.append(alert)


def _annotations(about: Content) -> dict[str, str]:
    insight, breaches = text_of(about.get("insight_name")), text_of(about.get("breaches"))
    if insight or breaches:
        return {"summary": ": ".join(filter(None, (insight, breaches)))}
    count, threshold = text_of(about.get("result_count")), text_of(about.get("threshold_count"))
    operator = text_of(about.get("threshold_operator")) or "against"
    minutes = text_of(about.get("window_minutes"))
    within = f" in {minutes} min" if minutes else ""
    return {
        "summary": f"{count} log entries{within}, {operator} {threshold}" if count else "",
        "services": _joined(about.get("service_names")),
        "levels": _joined(about.get("severity_levels")),
    }


def _joined(values: Any) -> str:
    listed = values[:20] if isinstance(values, list) else []
    return ", ".join(filter(None, map(text_of, listed)))
