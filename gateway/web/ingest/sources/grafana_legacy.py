"""Grafana's legacy alerting, up to version 10: one rule and its state, in one body.

A rule is identified by its name, its number, its organisation and its tags. The tags of
`evalMatches` are those of the series that match now: they come and go, so they are shown only.
"""

import re
from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.alerts.source_labels import TEST_LABEL, TEST_VALUE
from gateway.core.text.json_values import text_of
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.parsed import BadAlert, Parsed

ORGANISATION = "grafana_org"
"""The label with the number of an organisation other than Grafana's first."""

TEST_LASTS = 300.0
"""Seconds after which a test notification ends, because Grafana never resolves one."""

FIRING = frozenset(("alerting", "no_data"))
RESOLVED = frozenset(("ok", "paused"))
IGNORED = frozenset(("pending", "unknown"))

MOST_MATCHES = 20
"""Series of one rule that are shown."""

_STATE = re.compile(r"\[[A-Za-z ]+\] *")
_ORGANISATION_OF_URL = re.compile(r"[?&]orgId=([0-9]{1,9})(?![0-9])", re.ASCII)


def is_other_organisation(number: Any) -> bool:
    """Return whether this is the number of an organisation other than Grafana's first."""
    return isinstance(number, int) and not isinstance(number, bool) and 1 < number < 10**9


def parse(content: dict[str, Any], now: float, *, foreign: bool, strict: bool) -> Parsed:
    """Return the alert of a rule that changed its state."""
    parsed = Parsed(malformed=not strict)
    state = content.get("state")
    if isinstance(state, str) and state in IGNORED:
        parsed.ignored = f"nothing to do for a rule in state {state}"
        return parsed
    try:
        if not isinstance(state, str) or state not in FIRING | RESOLVED:
            raise fields.FieldError("state", "must be alerting, ok, no_data, paused or pending")
        alert = _alert(content, state, now, parsed.repaired, foreign=foreign)
    except fields.FieldError as error:
        parsed.bad.append(BadAlert(0, error.field, error.message))
    else:
        parsed.alerts.append(alert)
    return parsed


def _alert(
    content: dict[str, Any], state: str, now: float, repaired: list[BadAlert], *, foreign: bool
) -> ReportedAlert:
    name = content.get("ruleName")
    if not isinstance(name, str) or not name:
        raise fields.FieldError("ruleName", "missing: it becomes the label alertname")
    is_test = name == "Test notification"
    labels = _labels(content, name)
    if is_test:
        labels[TEST_LABEL] = TEST_VALUE
    item = {
        "labels": labels,
        "annotations": _annotations(content, state),
        "generatorURL": content.get("ruleUrl") or "",
    }
    read = fields.read(item, 0, repaired, foreign=foreign)
    ends_at = now if state in RESOLVED else None
    if is_test and ends_at is None:
        ends_at = now + TEST_LASTS
    return ReportedAlert(read.labels, read.annotations, None, ends_at, read.url)


def _labels(content: dict[str, Any], name: str) -> dict[str, Any]:
    tags = content.get("tags")
    labels = {key: text_of(tag) for key, tag in tags.items()} if isinstance(tags, dict) else {}
    labels["alertname"] = name
    rule = content.get("ruleId")
    if isinstance(rule, int) and not isinstance(rule, bool):
        labels["grafana_rule"] = str(rule)
    organisation = content.get("orgId", _organisation_of(content.get("ruleUrl")))
    if is_other_organisation(organisation):
        labels[ORGANISATION] = str(organisation)
    return labels


def _organisation_of(url: Any) -> int | None:
    """Return the organisation that the rule's link names: older bodies have it nowhere else."""
    match = _ORGANISATION_OF_URL.search(url) if isinstance(url, str) else None
    return int(match[1]) if match else None


def _annotations(content: dict[str, Any], state: str) -> dict[str, Any]:
    summary = _STATE.sub("", text_of(content.get("title")), count=1)
    annotations = {
        "summary": f"no data: {summary}" if state == "no_data" else summary,
        "description": text_of(content.get("message")),
        "image_url": text_of(content.get("imageUrl")),
        "values": _matches_text(content.get("evalMatches")),
    }
    return {name: text for name, text in annotations.items() if text}


def _matches_text(matches: Any) -> str:
    listed = matches[:MOST_MATCHES] if isinstance(matches, list) else []
    texts = [
        f"{text_of(one.get('metric'))}={text_of(one.get('value'))}"
        for one in listed
        if isinstance(one, dict)
    ]
    return ", ".join(dict.fromkeys(texts))
