"""Sentry's webhooks: issue alerts, metric alerts, issues, and the legacy WebHooks plugin.

Resources and fields as on Sentry's "webhooks" pages. The header `Sentry-Hook-Resource` names what a
body is about; without it the fields decide.

An alert rule reports an event with its tags, and Sentry never says that the rule is over. What it
says is that the issue was resolved, in a body without tags. So the end of an issue ends every alert
with its number. Events contain names, addresses and headers of people: only the fields that are
named here are read.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.text.json_values import label_name, text_of
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post, Related

USUAL_TAGS = ("environment", "domain", "invariant", "test")
"""Tags that become labels where a source names none. Others may have a value for each event."""

LEVELS: Mapping[str, str] = {
    "fatal": "critical",
    "critical": "critical",
    "error": "warning",
    "warning": "warning",
    "info": "info",
    "debug": "info",
    "sample": "info",
}
"""Severities by the level of an event or the state of a metric alert."""

ISSUE = "sentry_issue"
METRIC_ALERT = "sentry_metric_alert"
UNNAMED = "SentryIssue"
"""The alertname of an issue that no rule reported."""

_PROJECT_OF_URL = re.compile(r"/projects/[^/]+/([^/]+)/")

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
        self._resource = post.headers.get("Sentry-Hook-Resource", "")
        self._foreign = foreign
        self._parsed = parsed

    def read(self, content: Content) -> None:
        """Read the body by its resource; one about something else is noted as ignored."""
        data = content.get("data")
        if not isinstance(data, dict):
            if not self._resource and isinstance(content.get("event"), dict):
                self._read_legacy(content)
                return
            raise fields.FieldError("data", "missing: this is no webhook of Sentry")
        resource = self._resource or _resource_of(data)
        by_resource: dict[str, Callable[[Content, str], None]] = {
            "event_alert": self._read_event,
            "metric_alert": self._read_metric,
            "issue": self._read_issue,
        }
        if resource not in by_resource:
            self._parsed.ignored = f"nothing to do for {resource[:40] or 'this resource'}"
            return
        by_resource[resource](data, text_of(content.get("action")))

    def _read_event(self, data: Content, action: str) -> None:
        event = _part(data, "event", "data.event")
        rule = text_of(data.get("triggered_rule")) or UNNAMED
        labels = self._labels_of_event(event)
        labels |= {"alertname": rule, ISSUE: _number(event.get("issue_id"), "data.event.issue_id")}
        url = text_of(event.get("web_url"))
        self._add(labels, _annotations(event), url)

    def _labels_of_event(self, event: Content) -> dict[str, str]:
        tags = _tags_of(event)
        names = USUAL_TAGS if self._source.tags is None else self._source.tags
        labels = {label_name(name): tags[name] for name in names if tags.get(name)}
        project = _PROJECT_OF_URL.search(text_of(event.get("url")))
        labels["project"] = text_of(event.get("project_slug")) or (project[1] if project else "")
        labels[self._source.severity_label] = self._severity(
            text_of(event.get("level")) or tags.get("level", "")
        )
        return {name: text for name, text in labels.items() if text}

    def _read_metric(self, data: Content, action: str) -> None:
        alert = _part(data, "metric_alert", "data.metric_alert")
        number = _number(alert.get("id"), "data.metric_alert.id")
        # A change between critical and warning ends the alert with the other severity.
        self._parsed.related.append(Related(METRIC_ALERT, number, end=True))
        if action in ("resolved", "closed"):
            return
        if action not in ("critical", "warning"):
            raise fields.FieldError("action", "must be critical, warning or resolved")
        rule = alert.get("alert_rule")
        rule = rule if isinstance(rule, dict) else {}
        projects = alert.get("projects")
        project = text_of(projects[0]) if isinstance(projects, list) and len(projects) == 1 else ""
        labels = {
            "alertname": text_of(rule.get("name")) or text_of(alert.get("title")) or UNNAMED,
            METRIC_ALERT: number,
            "environment": text_of(rule.get("environment")),
            "project": project,
            self._source.severity_label: self._severity(action),
        }
        annotations = {
            "summary": text_of(data.get("description_title")),
            "description": text_of(data.get("description_text")),
        }
        self._add(labels, annotations, text_of(data.get("web_url")))

    def _read_issue(self, data: Content, action: str) -> None:
        issue = _part(data, "issue", "data.issue")
        number = _number(issue.get("id"), "data.issue.id")
        if action in ("resolved", "archived", "ignored"):
            self._parsed.related.append(Related(ISSUE, number, end=True))
            return
        if action not in ("created", "unresolved"):
            self._parsed.ignored = f"nothing to do for an issue that was {action[:40] or 'changed'}"
            return
        self._parsed.related.append(Related(ISSUE, number, end=False))
        project = issue.get("project")
        labels = {
            "alertname": UNNAMED,
            ISSUE: number,
            "project": text_of(project.get("slug")) if isinstance(project, dict) else "",
            self._source.severity_label: self._severity(text_of(issue.get("level"))),
        }
        url = text_of(issue.get("web_url")) or text_of(issue.get("permalink"))
        self._add(labels, _annotations(issue), url)

    def _read_legacy(self, content: Content) -> None:
        event = _part(content, "event", "event")
        rules = content.get("triggering_rules")
        rule = text_of(rules[0]) if isinstance(rules, list) and rules else ""
        labels = self._labels_of_event({"level": content.get("level"), **event})
        labels |= {"alertname": rule or UNNAMED, ISSUE: _number(content.get("id"), "id")}
        labels["project"] = text_of(content.get("project_slug")) or text_of(content.get("project"))
        annotations = _annotations({"title": content.get("message"), **content, **event})
        self._add(labels, annotations, text_of(content.get("url")))

    def _severity(self, level: str) -> str:
        level = level.lower()
        return self._source.levels.get(level) or LEVELS.get(level, level)

    def _add(self, labels: dict[str, str], annotations: dict[str, str], url: str) -> None:
        """Add a firing alert. Sentry repeats no start, so it begins when it is received."""
        item = {
            "labels": labels,
            "annotations": {name: text for name, text in annotations.items() if text},
            "generatorURL": url,
        }
        read = fields.read(item, 0, self._parsed.repaired, foreign=self._foreign)
        alert = ReportedAlert(read.labels, read.annotations, None, None, read.url)
        self._parsed.alerts.append(alert)


def _resource_of(data: Content) -> str:
    by_key = {"event": "event_alert", "metric_alert": "metric_alert", "issue": "issue"}
    return next((resource for key, resource in by_key.items() if key in data), "")


def _part(content: Content, key: str, path: str) -> Content:
    part = content.get(key)
    if not isinstance(part, dict):
        raise fields.FieldError(path, f"must be an object, not {fields.kind_of(part)}")
    return part


def _number(value: Any, field: str) -> str:
    """Return an id; it identifies the alert, so there must be one."""
    text = text_of(value)
    if not text:
        raise fields.FieldError(field, "missing: it identifies the alert")
    return text


def _tags_of(event: Content) -> dict[str, str]:
    """Return the tags of an event by name. They are pairs, or objects with key and value."""
    tags: dict[str, str] = {}
    listed = event.get("tags")
    for tag in listed if isinstance(listed, list) else []:
        if isinstance(tag, dict):
            tag = [tag.get("key"), tag.get("value")]
        if isinstance(tag, list) and len(tag) == 2 and isinstance(tag[0], str):
            tags.setdefault(tag[0], text_of(tag[1]))
    environment = text_of(event.get("environment"))
    return {"environment": environment, **tags} if environment else tags


def _annotations(about: Content) -> dict[str, str]:
    return {
        "summary": text_of(about.get("title")),
        "description": text_of(about.get("culprit")),
        "release": text_of(about.get("release")),
    }
