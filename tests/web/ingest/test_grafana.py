"""Grafana's notifications as alerts: unified alerting, legacy alerting, tests, hostile bodies."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.time.timestamps import parse_rfc3339
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.shared_data import shared
from tests.web.parsing import parse_post
from tests.web.world import NOW

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "grafana"
GRAFANA = "https://grafana.example.com"


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def parse(content: Any, now: float = NOW) -> Parsed:
    return parse_post("grafana", content, now)


def only(content: Any) -> ReportedAlert:
    parsed = parse(content)
    assert parsed.bad == []
    (alert,) = parsed.alerts
    return alert


def with_alert(**changes: Any) -> Any:
    content = body("unified_firing")
    content["alerts"][0].update(changes)
    return content


def test_firing_alert_has_its_labels_links_and_values() -> None:
    """The labels are Grafana's, and what it says beside them becomes annotations and links."""
    alert = only(body("unified_firing"))
    sent = body("unified_firing")["alerts"][0]
    assert alert.labels == sent["labels"]
    assert alert.starts_at == parse_rfc3339("2026-11-18T11:00:00.5Z")
    assert alert.ends_at is None
    assert not alert.expires
    assert alert.generator_url == sent["generatorURL"]
    assert alert.annotations == {
        "summary": "Checkout takes 3 seconds",
        "runbook_url": "https://runbooks.example.com/checkout",
        "dashboard_url": sent["dashboardURL"],
        "panel_url": sent["panelURL"],
        "silence_url": sent["silenceURL"],
        "image_url": sent["imageURL"],
        "values": "A=3.04, C=1",
    }


@pytest.mark.parametrize("kind", ["unified", "legacy"])
def test_resolved_alert_has_the_identity_of_the_firing_one(kind: str) -> None:
    """Values, images and matching series come and go; the identity stays, and the alert ends."""
    firing, resolved = only(body(f"{kind}_firing")), only(body(f"{kind}_resolved"))
    assert identity(firing.labels) == identity(resolved.labels)
    assert firing.ends_at is None
    assert resolved.ends_at is not None
    assert resolved.ends_at <= NOW


def test_annotation_of_the_rule_wins_over_grafanas_link() -> None:
    """A rule's own dashboard_url is not replaced by the dashboard that Grafana knows."""
    own = {"dashboard_url": "https://dashboards.example.com/own"}
    assert only(with_alert(annotations=own)).annotations["dashboard_url"] == own["dashboard_url"]


def test_version_9_without_values_shows_the_value_text() -> None:
    """Grafana 9 sends a text in place of the values."""
    content = with_alert(valueString="[ var='B' labels={} value=17 ]")
    del content["alerts"][0]["values"]
    assert only(content).annotations["values"] == "[ var='B' labels={} value=17 ]"


def test_other_organisation_is_another_alert() -> None:
    """The same labels in two organisations are two alerts; the first one has no extra label."""
    first, second = only(with_alert(orgId=1)), only(with_alert(orgId=2))
    assert "grafana_org" not in first.labels
    assert second.labels["grafana_org"] == "2"
    content = with_alert()
    del content["alerts"][0]["orgId"]  # version 9 names it once, for all alerts
    assert only(content | {"orgId": 2}).labels == second.labels


def test_missing_data_of_a_rule_is_summarised() -> None:
    """DatasourceNoData has no annotations: its summary names the rule that has no data."""
    alert = only(body("unified_no_data_other_org"))
    assert alert.annotations["summary"] == "no data for the rule CheckoutLatency"
    assert alert.labels["grafana_org"] == "7"


@pytest.mark.parametrize("kind", ["unified", "legacy"])
def test_test_notification_is_marked_and_ends_by_itself(kind: str) -> None:
    """Grafana never resolves a test: it ends after five minutes, and bears the label of tests."""
    alert = only(body(f"{kind}_test"))
    assert alert.labels["test"] == "true"
    assert alert.ends_at == NOW + 300.0


def test_relative_link_is_below_grafanas_address() -> None:
    """A test's ``?orgId=1`` leads to Grafana, and nowhere without a safe address of it."""
    content = body("unified_test")
    assert only(content).generator_url == f"{GRAFANA}/?orgId=1"
    for base in ("javascript:alert(1)", 3, None, "http://[::1"):
        assert only(content | {"externalURL": base}).generator_url == ""


def test_legacy_rule_is_identified_without_its_series() -> None:
    """A legacy alert's labels are the rule and its tags; its series are only shown."""
    alert = only(body("legacy_firing"))
    assert alert.labels == {
        "alertname": "Checkout latency",
        "grafana_rule": "58",
        "severity": "warning",
        "team": "billing",
    }
    assert alert.annotations == {
        "summary": "Checkout latency",
        "description": "Check the payment provider first.",
        "image_url": "https://grafana.example.com/checkout.png",
        "values": "p99=3.04",
    }


@pytest.mark.parametrize(
    ("state", "ends", "summary"),
    [
        ("alerting", False, "Checkout latency"),
        ("no_data", False, "no data: Checkout latency"),
        ("paused", True, "Checkout latency"),
        ("ok", True, "Checkout latency"),
    ],
)
def test_state_of_a_legacy_rule_decides(state: str, *, ends: bool, summary: str) -> None:
    """A rule without data fires; a paused one cannot fire any more."""
    alert = only(body("legacy_firing") | {"state": state})
    assert (alert.ends_at is not None) == ends
    assert alert.annotations["summary"] == summary


def test_pending_legacy_rule_is_accepted_and_changes_nothing() -> None:
    """A rule that may fire soon is no alert yet, and no fault of the sender."""
    parsed = parse(body("legacy_firing") | {"state": "pending"})
    assert (parsed.alerts, parsed.bad) == ([], [])
    assert parsed.note == "nothing to do for a rule in state pending"


def test_older_legacy_body_names_its_organisation_in_the_link() -> None:
    """Before version 7 the organisation stands in the rule's link only."""
    content = body("legacy_firing")
    del content["orgId"]
    content["ruleUrl"] = content["ruleUrl"].replace("orgId=1", "orgId=3")
    assert only(content).labels["grafana_org"] == "3"


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        "text",
        {"alerts": {}},
        {"alerts": None},
        {"title": "a payload of one's own", "message": "x"},
    ],
)
def test_body_of_another_shape_is_refused_with_advice(content: Any) -> None:
    """Anything but Grafana's own payload answers 422."""
    with pytest.raises(BodyError) as refused:
        parse(content)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"labels": None}, "labels"),
        ({"labels": {"alertname": 3}}, "labels.alertname"),
        ({"annotations": {"summary": []}}, "annotations.summary"),
        ({"annotations": "text"}, "annotations"),
        ({"generatorURL": 3}, "generatorURL"),
        ({"status": "broken"}, "status"),
        ({"startsAt": 3}, "startsAt"),
    ],
)
def test_faulty_alert_is_named_and_the_others_are_kept(change: Any, field: str) -> None:
    """One bad alert never loses the others."""
    content = with_alert(**change)
    content["alerts"].append(body("unified_firing")["alerts"][0])
    parsed = parse(content)
    assert [(bad.index, bad.field) for bad in parsed.bad] == [(0, field)]
    assert len(parsed.alerts) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"values": []},
        {"values": {"A": {"deep": [1]}}, "valueString": 3},
        {"values": {f"v{n}": n for n in range(10_000)}},
        {"orgId": "2", "silenceURL": 4, "panelURL": ["x"], "imageURL": "javascript:alert(1)"},
        {"orgId": True},
        {"orgId": 10**30},
        {"annotations": None},
    ],
)
def test_odd_field_beside_the_labels_costs_no_alert(change: Any) -> None:
    """What is only shown may have any type: the alert is accepted."""
    assert only(with_alert(**change)).labels["alertname"] == "CheckoutLatency"


@pytest.mark.parametrize("change", [{"state": "broken"}, {"state": 3}, {"ruleName": None}])
def test_faulty_legacy_rule_is_named(change: Any) -> None:
    """A legacy body with an unknown state or without a name is refused with the field."""
    parsed = parse(body("legacy_firing") | change)
    assert [bad.field for bad in parsed.bad] == list(change)


@pytest.mark.parametrize(
    ("name", "firing", "resolved"),
    [
        ("unified_v9_mixed_firing_resolved", 1, 2),
        ("unified_v11_values", 1, 0),
        ("unified_v12_test_notification", 1, 0),
        ("legacy_alerting", 1, 0),
        ("legacy_ok", 0, 1),
        ("legacy_v6_tags", 1, 0),
    ],
)
def test_notification_recorded_by_others_is_parsed(name: str, firing: int, resolved: int) -> None:
    """Bodies that others recorded from versions 6 to 12 are accepted whole."""
    parsed = parse(shared(f"fixtures/ingest/grafana/{name}.json").read_bytes())
    assert (parsed.bad, parsed.repaired) == ([], [])
    ended = sum(alert.ends_at is not None and alert.ends_at <= NOW for alert in parsed.alerts)
    assert (len(parsed.alerts) - ended, ended) == (firing, resolved)
