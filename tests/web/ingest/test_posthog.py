"""PostHog's webhooks as alerts: insights, logs, error tracking, any event, hostile bodies."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.accounts import SourceSettings
from gateway.web.ingest.sources.parsed import BodyError, Parsed, Related
from tests.config.texts import REST, loaded
from tests.flow.world import HOUR
from tests.shared_data import shared
from tests.web.parsing import parse_post

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "posthog"


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def parse(content: Any, **settings: Any) -> Parsed:
    return parse_post(SourceSettings("posthog", "posthog", **settings), content)


def only(content: Any, **settings: Any) -> ReportedAlert:
    parsed = parse(content, **settings)
    assert parsed.bad == []
    (alert,) = parsed.alerts
    return alert


def test_insight_alert_fires_with_its_breaches() -> None:
    """The alert's name and number are labels; what was measured is the summary."""
    alert = only(body("insight_firing"))
    assert alert.labels == {
        "alertname": "Subscription starts dropped",
        "posthog_alert": "0190b1c2-0001",
        "severity": "warning",
    }
    assert alert.annotations["summary"].startswith("Weekly starts: The insight value")
    assert alert.generator_url == "https://eu.posthog.com/projects/1/events/1234"
    assert (alert.starts_at, alert.ends_at) == (None, None)


def test_alert_without_an_end_is_resolved_after_a_day() -> None:
    """PostHog never reports the end of an insight alert, so the type has a resolve_timeout."""
    text = "sources: {posthog: {bearer: test-token}, other: {type: posthog, resolve_timeout: 2h}}"
    sources = loaded(text + REST).sources
    assert sources["posthog"].resolve_timeout == 25 * HOUR
    assert sources["other"].resolve_timeout == 2 * HOUR


def test_later_check_reports_the_same_alert() -> None:
    """Another value at the next check changes the summary only."""
    later = body("insight_firing")
    later["event"]["properties"] |= {"breaches": "other", "last_checked_at": "2026-11-18T12:05:00Z"}
    later["event"]["uuid"] = "0"
    assert identity(only(later).labels) == identity(only(body("insight_firing")).labels)


def test_logs_alert_fires_and_ends_in_either_body() -> None:
    """The flat body and the default one name the alert by the same number."""
    alert = only(body("logs_firing"))
    assert alert.labels["posthog_alert"] == "0190b1c2-0002"
    assert alert.annotations == {
        "summary": "120 log entries in 5 min, above 50",
        "services": "billing",
        "levels": "error",
    }
    assert alert.generator_url == "https://eu.posthog.com/project/1/logs?x=1"
    for name in ("logs_resolved", "logs_default_resolved"):
        parsed = parse(body(name))
        assert parsed.alerts == []
        assert parsed.related == [Related("posthog_alert", "0190b1c2-0002", end=True)]


def test_alert_that_was_switched_off_is_an_alert() -> None:
    """A broken alert cannot fire any more, which somebody must see."""
    alert = only(body("logs_broken"))
    assert alert.labels["alertname"] == "PostHogAlertBroken"
    assert alert.annotations["summary"] == "PostHog has switched off the alert Renewal failures"


def test_issue_is_one_alert_when_created_and_when_spiking() -> None:
    """Error tracking names an issue by its number."""
    created, spiking = only(body("error_created")), only(body("error_spiking"))
    assert (
        created.labels
        == spiking.labels
        == {
            "alertname": "PostHogIssue",
            "posthog_issue": "0190-issue-1",
            "severity": "warning",
        }
    )
    assert spiking.annotations["summary"] == "TypeError (spiking)"


def test_any_other_event_is_an_alert_of_its_name() -> None:
    """A destination that posts an event of the product makes an alert of it."""
    assert only(body("custom_event")).labels == {
        "alertname": "subscription_renewal_failed",
        "severity": "warning",
    }


def test_severity_of_the_source_replaces_the_usual_one() -> None:
    """PostHog knows no severity, so `labels:` of the source decides."""
    alert = only(body("insight_firing"), labels={"severity": "critical"})
    assert "severity" not in alert.labels  # the source adds its own


@pytest.mark.parametrize("name", sorted(path.stem for path in BODIES.glob("*.json")))
def test_no_personal_data_is_stored(name: str) -> None:
    """The person beside an event, and properties of it, are not read."""
    text = repr(parse(body(name)).alerts)
    for personal in ("dee@", "Dee", "198.51.100.7"):
        assert personal not in text


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "event"),
        ({"event": 3}, "event"),
        ({"event": "firing"}, "event"),
        ({"event": {}}, "event.event"),
        ({"event": {"event": "$insight_alert_firing"}}, "alert_id"),
        ({"event": {"event": "$insight_alert_melted", "properties": {"alert_id": 1}}}, "event"),
        ({"event": "melted", "alert_id": "1"}, "event"),
        ({"event": {"event": "$error_tracking_issue_created"}}, "event.distinct_id"),
    ],
)
def test_body_without_an_identity_is_refused_with_its_field(content: Any, field: str) -> None:
    """A refused post ends nothing either."""
    parsed = parse(content)
    assert [bad.field for bad in parsed.bad] == [field]
    assert (parsed.alerts, parsed.related) == ([], [])


@pytest.mark.parametrize("content", [[], "text", None, 3])
def test_body_of_another_shape_is_422(content: Any) -> None:
    """PostHog posts objects only."""
    with pytest.raises(BodyError) as refused:
        parse(content)
    assert refused.value.status == 422


def test_odd_values_cost_no_alert() -> None:
    """What is only shown may have any type."""
    content = body("logs_firing") | {"service_names": [[], {}, None, "a"], "result_count": {}}
    assert only(content).annotations == {"services": "a", "levels": "error"}


@pytest.mark.parametrize(
    "name",
    [
        "insight_alert_firing_derived",
        "logs_alert_firing_derived",
        "webhook_destination_default_event",
    ],
)
def test_webhook_of_others_is_parsed(name: str) -> None:
    """Documented and derived bodies are accepted."""
    parsed = parse(shared(f"fixtures/ingest/posthog/{name}.json").read_bytes())
    assert (parsed.bad, parsed.repaired, len(parsed.alerts)) == ([], [], 1)
    assert "example@posthog" not in repr(parsed.alerts)
