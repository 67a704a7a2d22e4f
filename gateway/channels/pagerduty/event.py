"""An incident as a PagerDuty event, within its limits. Pure.

Limits (PagerDuty developer docs, Events API v2 "Send an alert event"): summary 1024 characters,
dedup_key 255, the whole event 512 KB, counted as 512,000 bytes like Alertmanager does.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gateway.channels.support import facts as read
from gateway.channels.support.truncate import strip_controls, truncate
from gateway.channels.webhook.body import rfc3339
from gateway.core.incidents.message import Message
from gateway.core.plan.plan import Target
from gateway.core.text.escape import one_line, safe_url

SUMMARY = 1024
DEDUP_KEY = 255
EVENT_BYTES = 512_000
ENVELOPE_BYTES = 20_000
"""Bytes reserved for everything beside the details. Lower: an event may exceed the limit."""
VALUE_CHARACTERS = 2000  # characters of one label or annotation
MAX_LABELS = 60
TEXT_CHARACTERS = 250  # of component, group, class, source and link texts
MAX_LINKS = 20

SEVERITIES = ("critical", "error", "warning", "info")
_SEVERITIES = {
    "critical": "critical",
    "emergency": "critical",
    "fatal": "critical",
    "disaster": "critical",
    "error": "error",
    "high": "error",
    "page": "error",
    "major": "error",
    "warning": "warning",
    "warn": "warning",
    "medium": "warning",
    "minor": "warning",
}
_ROLES = ("runbook", "incident", "dashboard", "panel", "link", "image", "source")


def dedup_key(message: Message) -> str:
    """Return the incident's key.

    One that is too long is hashed, because a cut one may collide.
    """
    key = message.dedup_key
    if 0 < len(key) <= DEDUP_KEY and key.isprintable():
        return key
    return hashlib.sha256((key or str(message.incident)).encode("utf-8", "replace")).hexdigest()


def event(message: Message, target: Target) -> dict[str, Any]:
    """Return a trigger event without its action, dedup key and routing key."""
    facts = message.facts
    common = read.mapping(facts, "common_labels")
    if message.reduced:
        return reduced(message, target)
    content: dict[str, Any] = {
        "payload": {
            "summary": _summary(message),
            "source": _source(common, facts),
            "severity": severity(message, target),
        },
        "client": "Alert gateway",
    }
    payload = content["payload"]
    since = read.number(facts, "since") or read.number(facts, "opened_at")
    if since is not None:
        payload["timestamp"] = rfc3339(since)
    named = {
        "component": _label(common, "component", "service", "job"),
        "group": _label(common, "team", "namespace", "cluster") or read.text(facts, "receiver"),
        "class": _label(common, "alertname", "class"),
    }
    payload |= {field: one_line(text, TEXT_CHARACTERS) for field, text in named.items() if text}
    links = _links(message)
    if links:
        content["links"] = links
    for link in message.links:
        if link.role == "incident" and (url := safe_url(link.url)):
            content["client_url"] = url
            break
    payload["custom_details"] = details(message, EVENT_BYTES - ENVELOPE_BYTES - _size(content))
    return content


def reduced(message: Message, target: Target) -> dict[str, Any]:
    """Return only the fields that PagerDuty requires."""
    return {
        "payload": {
            "summary": _summary(message),
            "source": "alert gateway",
            "severity": severity(message, target),
        },
        "client": "Alert gateway",
    }


def severity(message: Message, target: Target) -> str:
    """Return PagerDuty's severity: the target's choice, else by the name of ours."""
    chosen = target.options.get("severity", "")
    if chosen in SEVERITIES:
        return chosen
    if message.kind.value == "test":
        return "info"
    return _SEVERITIES.get(message.severity.strip().lower(), "info")


def details(message: Message, limit: int) -> dict[str, Any]:
    """Return the custom details, in at most `limit` bytes.

    The most important fields come first, then alerts while they fit. The rest is counted (E13).
    """
    facts = message.facts
    content: dict[str, Any] = {
        "incident": f"#{message.incident}",
        "severity": one_line(message.severity, TEXT_CHARACTERS),
        "reason": message.reason.value,
        "alerts": f"{read.count(facts, 'firing')} firing, {read.count(facts, 'resolved')} resolved",
    }
    note = read.text(facts, "note")
    if note:
        content["note"] = truncate(strip_controls(note), VALUE_CHARACTERS)
    annotations = _texts(read.mapping(facts, "common_annotations"))
    labels = _texts(read.shared_labels(facts))
    left = limit - _size(content)
    for name, texts in (("annotations", annotations), ("labels", labels)):
        if texts and _size(texts) < left:
            content[name] = texts
            left -= _size(texts)
    listed = read.alerts(facts)
    unlisted = read.count(facts, "more")
    shown: list[dict[str, Any]] = []
    for alert in listed:
        entry = _alert(alert, facts)
        left -= _size(entry) + 2
        if left < 0:
            break
        shown.append(entry)
    if len(listed) + unlisted > 1:
        content["each alert"] = shown
    hidden = len(listed) - len(shown) + unlisted
    if hidden:
        content["not shown"] = f"… {hidden} more alerts, see link"
    return content


def _alert(alert: read.AlertFacts, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return one alert with the labels and annotations that the others do not share."""
    entry: dict[str, Any] = {
        "status": alert.status,
        "labels": _texts(read.differing_labels(alert, read.mapping(facts, "common_labels"))),
    }
    common = read.mapping(facts, "common_annotations")
    annotations = {k: v for k, v in alert.annotations.items() if common.get(k) != v}
    if annotations:
        entry["annotations"] = _texts(annotations)
    if alert.starts_at is not None:
        entry["since"] = rfc3339(alert.starts_at)
    source = safe_url(alert.generator_url)
    if source:
        entry["source"] = source
    return entry


def _texts(values: Mapping[str, str]) -> dict[str, str]:
    return {
        one_line(name, TEXT_CHARACTERS): truncate(strip_controls(value), VALUE_CHARACTERS)
        for name, value in list(values.items())[:MAX_LABELS]
    }


def _summary(message: Message) -> str:
    summary = one_line(message.parts.get("summary", ""), SUMMARY)
    if summary:
        return summary
    title = one_line(read.text(message.facts, "title"), SUMMARY)
    return title or read.incident_name(message)


def _source(common: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    source = _label(common, "instance", "host", "service", "job", "cluster")
    source = source or _label(read.mapping(facts, "group_labels"), "instance", "service", "job")
    return one_line(source or read.text(facts, "external_url"), TEXT_CHARACTERS) or "alert gateway"


def _label(labels: Mapping[str, str], *names: str) -> str:
    return next((labels[name] for name in names if labels.get(name, "").strip()), "")


def _links(message: Message) -> list[dict[str, str]]:
    """Return the links to show.

    Not the acknowledge link: PagerDuty has its own button, and the whole account sees its page.
    """
    links = []
    for role in _ROLES:
        for link in message.links:
            url = safe_url(link.url)
            if link.role == role and url:
                links.append({"href": url, "text": one_line(link.text, TEXT_CHARACTERS) or role})
    return links[:MAX_LINKS]


def _size(content: Any) -> int:
    """Return the bytes that requests sends: JSON with everything beyond ASCII escaped."""
    return len(json.dumps(content))
