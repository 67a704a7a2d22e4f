"""Sentry's webhooks as alerts: rules, issues, metric alerts, the legacy plugin, hostile bodies."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.web.ingest.sources.parsed import BodyError, Parsed, Related
from tests.shared_data import shared
from tests.web.conftest import Client
from tests.web.ingest.signing import KEY, hex_hmac
from tests.web.parsing import parse_post
from tests.web.world import FakeEngine

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "sentry"
ISSUE = Related("sentry_issue", "1117540176", end=True)


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def parse(content: Any, resource: str = "", **settings: Any) -> Parsed:
    source = SourceSettings("sentry", "sentry", **settings)
    headers = {"Sentry-Hook-Resource": resource} if resource else {}
    return parse_post(source, content, headers=headers)


def only(content: Any, **settings: Any) -> ReportedAlert:
    parsed = parse(content, **settings)
    assert parsed.bad == []
    (alert,) = parsed.alerts
    return alert


def with_event(**changes: Any) -> Any:
    content = body("event_alert_firing")
    content["data"]["event"].update(changes)
    return content


def test_event_of_a_rule_has_its_chosen_tags_as_labels() -> None:
    """The rule is the name; usual tags, project and severity are labels, other tags are not."""
    alert = only(body("event_alert_firing"))
    assert alert.labels == {
        "alertname": "Billing invariant violated",
        "sentry_issue": "1117540176",
        "project": "billing-api",
        "severity": "critical",
        "environment": "production",
        "domain": "billing",
        "invariant": "NO_DOUBLE_CHARGE",
    }
    assert alert.annotations == {
        "summary": "InvariantViolation: subscription 8812 was charged twice",
        "description": "billing.renewals in charge",
        "release": "billing@4.2.0",
    }
    assert alert.generator_url == body("event_alert_firing")["data"]["event"]["web_url"]
    assert (alert.starts_at, alert.ends_at, alert.expires) == (None, None, False)


def test_source_chooses_tags_levels_and_the_label_of_severity() -> None:
    """`tags` and `levels` replace the usual ones, and the severity has the label of the plan."""
    alert = only(
        body("event_alert_firing"),
        tags=("server.name", "missing"),
        levels={"fatal": "page"},
        severity_label="priority",
    )
    assert alert.labels == {
        "alertname": "Billing invariant violated",
        "sentry_issue": "1117540176",
        "project": "billing-api",
        "priority": "page",
        "server_name": "web-1",
    }
    assert "environment" not in only(body("event_alert_firing"), tags=()).labels


@pytest.mark.parametrize("name", sorted(path.stem for path in BODIES.glob("*.json")))
def test_no_personal_data_is_stored(name: str) -> None:
    """Names, addresses, cookies and IPs in a body reach neither labels nor annotations."""
    for alert in parse(body(name)).alerts:
        text = repr(alert)
        for personal in ("dee@", "Dee", "198.51.100.7", "secret-cookie"):
            assert personal not in text


def test_repeated_event_of_an_issue_is_the_same_alert() -> None:
    """Another event of the same issue, with other tags of its own, is the same alert."""
    later = with_event(
        event_id="0000",
        datetime="2026-11-18T11:30:00Z",
        tags=[["domain", "billing"], ["invariant", "NO_DOUBLE_CHARGE"], ["traceId", "other"]],
    )
    assert identity(only(later).labels) == identity(only(body("event_alert_firing")).labels)


@pytest.mark.parametrize("action", ["resolved", "archived", "ignored"])
def test_end_of_an_issue_ends_all_its_alerts(action: str) -> None:
    """The body has no tags, so it names the issue and not an alert."""
    parsed = parse(body("issue_resolved") | {"action": action})
    assert (parsed.alerts, parsed.bad, parsed.related) == ([], [], [ISSUE])


@pytest.mark.parametrize("action", ["created", "unresolved"])
def test_issue_fires_unless_an_alert_of_it_does(action: str) -> None:
    """A new issue is an alert of its own, unless a rule has reported it already."""
    parsed = parse(body("issue_created") | {"action": action})
    assert parsed.alerts[0].labels == {
        "alertname": "SentryIssue",
        "sentry_issue": "1117540176",
        "project": "billing-api",
        "severity": "warning",
    }
    assert parsed.related == [Related("sentry_issue", "1117540176", end=False)]


def test_metric_alert_fires_with_its_severity_and_ends() -> None:
    """Critical and warning are two alerts of one number; each post ends what it does not report."""
    critical, warning = only(body("metric_alert_critical")), only(body("metric_alert_warning"))
    assert critical.labels == {
        "alertname": "Payment provider errors",
        "sentry_metric_alert": "4",
        "environment": "production",
        "project": "billing-api",
        "severity": "critical",
    }
    assert warning.labels == {**critical.labels, "severity": "warning"}
    resolved = parse(body("metric_alert_resolved"))
    assert resolved.alerts == []
    for name in ("critical", "warning", "resolved"):
        related = parse(body(f"metric_alert_{name}")).related
        assert related == [Related("sentry_metric_alert", "4", end=True)]


def test_legacy_plugin_is_parsed_without_a_resource() -> None:
    """The plugin sends an event and the number of its issue, so a resolved issue ends it too."""
    alert = only(body("legacy_firing"))
    assert alert.labels == {
        "alertname": "Payment provider errors",
        "sentry_issue": "1117540176",
        "project": "billing-api",
        "severity": "warning",
        "environment": "production",
        "domain": "billing",
    }
    assert alert.annotations["summary"] == "ProviderError: 503"


@pytest.mark.parametrize("resource", ["installation", "comment", "error", "seer", "new one"])
def test_other_resource_is_accepted_and_ignored(resource: str) -> None:
    """What is about no alert is accepted, because Sentry lists refused posts as errors."""
    parsed = parse(body("installation_created"), resource)
    assert (parsed.alerts, parsed.bad) == ([], [])
    assert parsed.note == f"nothing to do for {resource}"


@pytest.mark.parametrize("action", ["assigned", "", "x" * 5000])
def test_other_action_of_an_issue_is_ignored(action: str) -> None:
    """An issue that was assigned neither fires nor ends."""
    parsed = parse(body("issue_created") | {"action": action})
    assert (parsed.alerts, parsed.bad) == ([], [])
    assert parsed.note
    assert len(parsed.note) < 100


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "data"),
        ({"data": []}, "data"),
        ({"action": "triggered", "data": {"event": []}}, "data.event"),
        (with_event(issue_id=None), "data.event.issue_id"),
        (with_event(issue_id=["1"]), "data.event.issue_id"),
        ({"action": "created", "data": {"issue": {}}}, "data.issue.id"),
        ({"action": "broken", "data": {"metric_alert": {"id": 4}}}, "action"),
        ({"action": "critical", "data": {"metric_alert": {}}}, "data.metric_alert.id"),
        ({"event": {}}, "id"),
    ],
)
def test_body_without_an_identity_is_refused_with_its_field(content: Any, field: str) -> None:
    """An alert without a number could never end, so it is refused."""
    parsed = parse(content)
    assert [bad.field for bad in parsed.bad] == [field]
    assert parsed.alerts == []


@pytest.mark.parametrize("content", [[], "text", 3, None])
def test_body_of_another_shape_is_422(content: Any) -> None:
    """Sentry sends objects only."""
    with pytest.raises(BodyError) as refused:
        parse(content)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "change",
    [
        {"tags": None},
        {"tags": [[], ["x"], ["domain", None], [3, "x"], "x", {"key": "domain"}]},
        {"tags": [{"key": "domain", "value": "billing"}], "environment": []},
        {"level": 3, "culprit": {}, "title": None, "web_url": ["x"], "url": 4},
        {"title": "\x00\ud800", "culprit": "x" * 100_000},
    ],
)
def test_odd_value_costs_no_alert(change: Any) -> None:
    """What is only shown, and tags, may have any type."""
    assert only(with_event(**change)).labels["sentry_issue"] == "1117540176"


@pytest.mark.parametrize(
    ("name", "alerts", "related"),
    [
        ("event_alert_triggered", 1, []),
        ("issue_created", 1, [Related("sentry_issue", "1234567890", end=False)]),
        ("issue_resolved", 0, [Related("sentry_issue", "1638821441", end=True)]),
        ("legacy_plugin_webhook", 1, []),
        ("metric_alert_resolved", 0, [Related("sentry_metric_alert", "4", end=True)]),
    ],
)
def test_webhook_recorded_by_others_is_parsed(
    name: str, alerts: int, related: list[Related]
) -> None:
    """Documented and recorded bodies are accepted, and say nothing of people."""
    parsed = parse(shared(f"fixtures/ingest/sentry/{name}.json").read_bytes())
    assert (parsed.bad, parsed.repaired, parsed.related) == ([], [], related)
    assert len(parsed.alerts) == alerts
    for alert in parsed.alerts:
        assert "198.51." not in repr(alert)
        assert "162.21" not in repr(alert)


@pytest.fixture
def signed(engine: FakeEngine) -> FakeEngine:
    engine.sources["sentry"] = SourceSettings(
        "sentry", "sentry", hmac=(Secret(KEY),), hmac_headers=("Sentry-Hook-Signature",)
    )
    return engine


async def post(client: Client, name: str, request_id: str = "", key: str = KEY) -> tuple[int, Any]:
    sent = (BODIES / f"{name}.json").read_bytes()
    headers = {
        "Content-Type": "application/json",
        "Sentry-Hook-Resource": name.rpartition("_")[0],
        "Sentry-Hook-Signature": hex_hmac(sent, key),
    }
    if request_id:
        headers["Request-ID"] = request_id
    answer = await client.post("/webhook/sentry", data=sent, headers=headers)
    return answer.status, await answer.json()


async def test_signed_post_is_accepted_and_a_wrong_key_is_not(
    client: Client, signed: FakeEngine
) -> None:
    """The signature is over the raw body, with the client secret of the integration."""
    assert await post(client, "event_alert_firing") == (200, {"accepted": 1})
    assert (await post(client, "event_alert_firing", key="test-wrong"))[0] == 401


async def test_post_that_is_sent_again_changes_nothing(client: Client, signed: FakeEngine) -> None:
    """A recorded post with the same Request-ID is answered 200 and is not taken again."""
    assert (await post(client, "event_alert_firing", "id-1"))[1] == {"accepted": 1}
    again = await post(client, "event_alert_firing", "id-1")
    assert again == (200, {"accepted": 0, "note": "this post was accepted before"})
    assert (await post(client, "event_alert_firing", "id-2"))[1] == {"accepted": 1}
    assert len(signed.submitted) == 2


async def test_refused_post_may_be_sent_again(client: Client, signed: FakeEngine) -> None:
    """A post counts as known only after its alerts are stored."""
    signed.failure = RuntimeError("the disk is full")
    assert (await post(client, "event_alert_firing", "id-1"))[0] == 500
    signed.failure = None
    assert (await post(client, "event_alert_firing", "id-1"))[1] == {"accepted": 1}


async def test_resolved_issue_ends_the_alerts_that_fire(client: Client, signed: FakeEngine) -> None:
    """Every firing alert of the issue ends, with the labels that it was reported with."""
    fired = ReportedAlert({"alertname": "R", "sentry_issue": "1117540176"}, {}, 1.0)
    other = ReportedAlert({"alertname": "R", "sentry_issue": "7"}, {}, 1.0)
    signed.source_posts.fired = [fired, other]
    assert await post(client, "issue_resolved") == (200, {"accepted": 1})
    (ended,) = signed.alerts
    assert (ended.labels, ended.ends_at) == (fired.labels, signed.time)
    signed.source_posts.fired = []
    note = {"accepted": 0, "note": "none of its alerts fires"}
    assert await post(client, "issue_resolved") == (200, note)


async def test_new_issue_that_a_rule_reported_is_no_second_alert(
    client: Client, signed: FakeEngine
) -> None:
    """One issue pages once, although its rule and the issue itself are posted."""
    signed.source_posts.fired = [ReportedAlert({"alertname": "R", "sentry_issue": "1117540176"})]
    note = {"accepted": 0, "note": "an alert of it fires already"}
    assert await post(client, "issue_created") == (200, note)


async def test_worse_metric_alert_ends_the_milder_one(client: Client, signed: FakeEngine) -> None:
    """The alert with the other severity ends in the same post that reports the new one."""
    (warning,) = parse(body("metric_alert_warning")).alerts
    (critical,) = parse(body("metric_alert_critical")).alerts
    signed.source_posts.fired = [warning, critical]
    assert await post(client, "metric_alert_critical") == (200, {"accepted": 2})
    reported, ended = signed.alerts
    assert (reported.labels, reported.ends_at) == (critical.labels, None)
    assert (ended.labels, ended.ends_at) == (warning.labels, signed.time)


async def test_excerpt_of_a_refused_body_is_not_stored(client: Client, signed: FakeEngine) -> None:
    """A refused body may contain people's data, so only the fault is stored."""
    sent = b'{"data": {"event": {"user": {"email": "dee@example.com"}}}}'
    headers = {"Content-Type": "application/json", "Sentry-Hook-Signature": hex_hmac(sent)}
    assert (await client.post("/webhook/sentry", data=sent, headers=headers)).status == 422
    ((_, status, _, _, _, excerpt),) = signed.rejected
    assert (status, excerpt) == (422, "")
