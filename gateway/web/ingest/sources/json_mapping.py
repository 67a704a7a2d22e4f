"""Bodies of any sender, by a mapping: that of the source, or of one of the presets."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.json_mapping import IDENTITY, JsonMapping, MappedValue, StatusRule
from gateway.core.text.escape import one_line
from gateway.core.text.json_path import Document
from gateway.core.time.timestamps import parse_time
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post, Related

MOST_ALERTS = 1000
"""Alerts of one body. Each is mapped in about 50 µs; more would keep a thread busy for long."""

MILLISECONDS_FROM = 1e11
"""A number from here on is in milliseconds: in seconds it would be the year 5138."""

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)


def parse(post: Post) -> Parsed:
    """Parse a body by the mapping of its source. Raise BodyError."""
    if post.source.mapping is None:
        raise BodyError(422, f"the source {post.source.name} has no mapping")
    return parse_mapped(post, post.source.mapping)


def parse_mapped(post: Post, mapping: JsonMapping) -> Parsed:
    """Parse a body by a mapping. Raise BodyError."""
    body, strict = read_json(post.body)
    parsed = Parsed(malformed=not strict)
    reader = _Reader(mapping, post, parsed, foreign=has_foreign_text(post.body, strict=strict))
    items = _items(mapping, Document(body, body, post.headers))
    for index, item in enumerate(items):
        ends_before = len(parsed.related)
        try:
            reader.read(Document(item, body, post.headers), index)
        except fields.FieldError as error:
            del parsed.related[ends_before:]  # a refused alert ends none
            parsed.bad.append(BadAlert(index, error.field, error.message))
    if not (parsed.alerts or parsed.bad or parsed.related):
        parsed.ignored = reader.ignored or "the body has no alert"
    return parsed


def _items(mapping: JsonMapping, document: Document) -> list[Any]:
    if mapping.alerts is None:
        return [document.body]
    items = mapping.alerts.value(document)
    if not isinstance(items, list):
        text = f"the path alerts leads to {fields.kind_of(items)}, not to a list"
        raise BodyError(422, text, [BadAlert(None, "alerts", text)])
    if len(items) > MOST_ALERTS:
        raise BodyError(413, f"a body may have {MOST_ALERTS:,} alerts, not {len(items):,}")
    return items


class _Reader:
    """Reads the alerts of one body into `parsed`."""

    def __init__(self, mapping: JsonMapping, post: Post, parsed: Parsed, *, foreign: bool) -> None:
        self._mapping = mapping
        self._now = post.now
        self._parsed = parsed
        self._foreign = foreign
        self.ignored = ""

    def read(self, document: Document, index: int) -> None:
        """Read one alert. Raise FieldError."""
        mapping = self._mapping
        if not isinstance(document.alert, dict):
            kind = fields.kind_of(document.alert)
            raise fields.FieldError("", f"an alert must be an object, not {kind}")
        if not all(one.holds(document) for one in mapping.when):
            self.ignored = "a condition of when: does not hold"
            return
        status = _status(mapping.status, document)
        if not status:
            self.ignored = "nothing to do in this status"
            return
        labels = _filled(mapping.labels, document)
        if not labels.get("alertname"):
            raise fields.FieldError("labels.alertname", "empty: the mapping finds no value for it")
        if mapping.identity is not None:
            labels[IDENTITY] = self._relate(mapping.identity, document)
        if status == "resolved" and mapping.identity is not None:
            return  # all alerts with this identity end
        self._parsed.alerts.append(self._alert(labels, status, document, index))

    def _relate(self, identity: MappedValue, document: Document) -> str:
        value = identity.fill(document)
        if not value:
            raise fields.FieldError("identity", "empty: the mapping finds no value for it")
        self._parsed.related.append(Related(IDENTITY, value, end=True))
        return value

    def _alert(
        self, labels: dict[str, str], status: str, document: Document, index: int
    ) -> ReportedAlert:
        mapping = self._mapping
        item = {
            "labels": labels,
            "annotations": _filled(mapping.annotations, document),
            "generatorURL": mapping.url.fill(document) if mapping.url else "",
        }
        read = fields.read(item, index, self._parsed.repaired, foreign=self._foreign)
        starts_at = _instant("starts_at", mapping.starts_at, document)
        if starts_at is not None and starts_at > self._now:
            starts_at = None  # the sender's clock is ahead: use the time of receipt
        ends_at = None
        if status == "resolved":
            ends_at = _instant("ends_at", mapping.ends_at, document)
            ends_at = self._now if ends_at is None else min(ends_at, self._now)
            ends_at = max(ends_at, starts_at or ends_at)
        return ReportedAlert(read.labels, read.annotations, starts_at, ends_at, read.url)


def _status(rule: StatusRule | None, document: Document) -> str:
    """Return firing, resolved, or an empty text for a status that means nothing."""
    if rule is None:
        return "firing"
    text = rule.text.fill(document)
    status = text.casefold()
    if status in rule.resolved:
        return "resolved"
    if status in rule.ignored:
        return ""
    if not rule.firing or status in rule.firing:
        return "firing"
    shown = one_line(text, 40) or "empty"
    raise fields.FieldError("status", f"{shown}: the mapping has no meaning for it")


def _filled(values: Mapping[str, MappedValue], document: Document) -> dict[str, str]:
    texts = {name: value.fill(document) for name, value in values.items()}
    return {name: text for name, text in texts.items() if text}


def _instant(field: str, value: MappedValue | None, document: Document) -> float | None:
    """Return a time in Unix seconds; a number may be seconds or milliseconds."""
    text = value.fill(document) if value else ""
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number / 1000 if number >= MILLISECONDS_FROM else number
    try:
        return parse_time(text)
    except ValueError as error:
        raise fields.FieldError(field, str(error)) from None
