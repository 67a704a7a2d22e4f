"""Grafana's webhook contact point: unified alerting of versions 9 to 12, and legacy alerting.

Fields as in Grafana's "webhook notifier" page. A body looks like Alertmanager's and differs in what
an alert may have beside it: the organisation, values, and links to panel, dashboard, silence and
image. Organisations may have alerts of the same labels, so one other than Grafana's first becomes a
label. A test notification is never resolved by Grafana, so it ends by itself.
"""

from typing import Any
from urllib.parse import urljoin

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.alerts.source_labels import TEST_LABEL, TEST_VALUE
from gateway.core.text.escape import safe_url
from gateway.web.ingest.sources import fields, grafana_legacy
from gateway.web.ingest.sources.alertmanager import omitted_count, read_alert
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.grafana_legacy import (
    ORGANISATION,
    TEST_LASTS,
    is_other_organisation,
)
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post

LINKS = (
    ("dashboardURL", "dashboard_url"),
    ("panelURL", "panel_url"),
    ("silenceURL", "silence_url"),
    ("imageURL", "image_url"),
)
"""Links of an alert, and the annotations that they become unless the rule sets them itself."""

NO_DATA = {
    "DatasourceNoData": "no data for the rule {rule}",
    "DatasourceError": "the rule {rule} cannot be evaluated",
}
"""Alerts about the rule itself, and the summary of those without one."""

MOST_VALUES = 20
"""Values of one alert that are shown."""


def parse(post: Post) -> Parsed:
    """Parse the alerts of one notification. Raise BodyError."""
    content, strict = read_json(post.body)
    if not isinstance(content, dict):
        raise BodyError(422, f"the body must be an object, not {fields.kind_of(content)}")
    foreign = has_foreign_text(post.body, strict=strict)
    if "alerts" not in content and "state" in content:
        return grafana_legacy.parse(content, post.now, foreign=foreign, strict=strict)
    items = content.get("alerts", ())
    if not isinstance(items, list):
        text = "missing" if items == () else "must be a list"
        message = f"{text}: with a payload of your own in Grafana, use a source of type json"
        raise BodyError(422, f"the field alerts is {text}", [BadAlert(None, "alerts", message)])
    parsed = Parsed(malformed=not strict, truncated=omitted_count(content.get("truncatedAlerts")))
    for index, item in enumerate(items):
        try:
            alert = read_alert(
                _as_alertmanagers(item, content), index, post.now, parsed.repaired, foreign=foreign
            )
        except fields.FieldError as error:
            parsed.bad.append(BadAlert(index, error.field, error.message))
        else:
            parsed.alerts.append(_ending_test(alert, post.now))
    return parsed


def _as_alertmanagers(item: Any, content: dict[str, Any]) -> Any:
    """Return the alert as Alertmanager would write it; a malformed one unchanged."""
    if not isinstance(item, dict) or not isinstance(item.get("labels"), dict):
        return item
    labels, annotations = dict(item["labels"]), item.get("annotations")
    annotations = dict(annotations) if isinstance(annotations, dict) else annotations or {}
    organisation = item.get("orgId", content.get("orgId"))
    if is_other_organisation(organisation):
        labels.setdefault(ORGANISATION, str(organisation))
    if _is_test(labels):
        labels[TEST_LABEL] = TEST_VALUE
    if isinstance(annotations, dict):
        _annotate(annotations, item, labels, content.get("externalURL"))
    source_url = _absolute(item.get("generatorURL"), content.get("externalURL"))
    return {**item, "labels": labels, "annotations": annotations, "generatorURL": source_url}


def _annotate(
    annotations: dict[str, Any], item: dict[str, Any], labels: dict[str, Any], base: Any
) -> None:
    for field, annotation in LINKS:
        url = _absolute(item.get(field), base)
        if isinstance(url, str) and url:
            annotations.setdefault(annotation, url)
    values = _values_text(item)
    if values:
        annotations.setdefault("values", values)
    alertname = labels.get("alertname")
    if isinstance(alertname, str) and alertname in NO_DATA and not annotations.get("summary"):
        rule = labels.get("rulename") or "(unnamed)"
        annotations["summary"] = NO_DATA[alertname].format(rule=rule)


def _values_text(item: dict[str, Any]) -> str:
    """Return the values of an alert in one line; empty without any. Version 9 has only a text."""
    values, text = item.get("values"), item.get("valueString")
    if isinstance(values, dict) and values:
        listed = [f"{name}={value}" for name, value in values.items() if value is not None]
        return ", ".join(listed[:MOST_VALUES])
    return text if isinstance(text, str) else ""


def _absolute(url: Any, base: Any) -> Any:
    """Return an address below Grafana's own; anything that is no text unchanged.

    Test notifications have relative ones, such as ``?orgId=1``. Without a usable address of
    Grafana's they lead nowhere, so they become empty.
    """
    if not isinstance(url, str) or not url or "://" in url[:10]:
        return url
    safe_base = safe_url(base) if isinstance(base, str) else None
    try:
        return urljoin(safe_base, url) if safe_base else ""
    except ValueError:
        return ""


def _is_test(labels: dict[str, Any]) -> bool:
    return labels.get("alertname") == "TestAlert" and labels.get("instance") == "Grafana"


def _ending_test(alert: ReportedAlert, now: float) -> ReportedAlert:
    if alert.ends_at is None and _is_test(dict(alert.labels)):
        alert.ends_at = now + TEST_LASTS
    return alert
