"""Senders whose mapping is shipped: firing and resolved bodies become one alert."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.config.grammar.sources import PRESET_TYPES
from gateway.core.alerts.labels import identity
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.source_types import SOURCE_SPECS
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.config.texts import REST, faults, loaded
from tests.shared_data import shared
from tests.web.parsing import parse_post

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "presets"
TYPES = [name for name in PRESET_TYPES if name != "sns"]  # its messages are signed
NEVER_RESOLVED = {"graylog"}
RUN = {"X-GitHub-Event": "workflow_run"}


def source(type_: str, more: str = "") -> SourceSettings:
    """Return a source of a type as routes.yaml declares it."""
    head = f"sources:\n  monitor: {{type: {type_}, bearer: test-token{more}}}\n"
    return loaded(f"{head}{REST}").sources["monitor"]


def parse(type_: str, name: str, more: str = "") -> Parsed:
    """Parse a body of ours by a type."""
    content = json.loads((BODIES / f"{name}.json").read_bytes())
    return parse_post(source(type_, more), content, headers=RUN if type_ == "github" else {})


def only(type_: str, name: str, more: str = "") -> Any:
    """Return the one alert of a body."""
    parsed = parse(type_, name, more)
    assert parsed.bad == []
    (alert,) = parsed.alerts
    return alert


EXPECTED = {
    "uptimerobot": ("MonitorDown", "critical", "Checkout: HTTP 503 - Service Unavailable"),
    "uptimekuma": ("MonitorDown", "critical", "Stripe webhooks: timeout of 48000ms exceeded"),
    "pingdom": ("CheckDown", "critical", "Checkout: HTTP Error 503"),
    "gcp": ("Ledger writes", "critical", "Errors of ledger-1 are above 1 %"),
    "newrelic": ("Error rate", "critical", "Error rate of billing-api above 5 %"),
    "graylog": ("Payment errors in the log", "critical", "Payment errors in the log: count()=31"),
    "github": ("WorkflowFailed", "warning", "Deploy billing failed on main: Renewals in slices"),
    "stripe": ("StripeDispute", "warning", "charge.dispute.created: dp_test_1 duplicate"),
}


@pytest.mark.parametrize("type_", TYPES)
def test_firing_body_is_an_alert_with_name_severity_and_summary(type_: str) -> None:
    """What a responder reads first comes from where the sender has it."""
    alert = only(type_, f"{type_}_firing")
    name, severity, summary = EXPECTED[type_]
    assert (alert.labels["alertname"], alert.labels["severity"]) == (name, severity)
    assert alert.annotations["summary"] == summary
    assert alert.ends_at is None


@pytest.mark.parametrize("type_", sorted(set(TYPES) - NEVER_RESOLVED))
def test_resolved_body_ends_the_alert_of_the_firing_one(type_: str) -> None:
    """By equal labels, or by the sender's id where the labels differ."""
    firing, parsed = only(type_, f"{type_}_firing"), parse(type_, f"{type_}_resolved")
    assert parsed.bad == []
    ended = [identity(one.labels) for one in parsed.alerts if one.ends_at is not None]
    ended += [one.value for one in parsed.related if one.end]
    assert identity(firing.labels) in ended or firing.labels.get("alert_id") in ended


@pytest.mark.parametrize("type_", TYPES)
def test_hostile_body_is_refused_or_ignored(type_: str) -> None:
    """Values of other kinds than expected harm nothing."""
    try:
        parsed = parse(type_, "hostile")
    except BodyError:
        return
    for alert in parsed.alerts:
        assert all(len(value) <= 4096 for value in alert.labels.values())


@pytest.mark.parametrize(
    ("type_", "name"), [("uptimekuma", "uptimekuma_test"), ("github", "github_ping")]
)
def test_test_of_a_sender_is_no_alert(type_: str, name: str) -> None:
    """It is answered 2xx, and says why nothing came of it."""
    content = json.loads((BODIES / f"{name}.json").read_bytes())
    headers = {"X-GitHub-Event": "ping"} if type_ == "github" else {}
    parsed = parse_post(source(type_), content, headers=headers)
    assert (parsed.alerts, parsed.bad) == ([], [])
    assert parsed.ignored


def test_certificate_that_expires_is_an_alert_of_its_own() -> None:
    """UptimeRobot's third kind is no outage, so "up" does not end it."""
    alert = only("uptimerobot", "uptimerobot_expires")
    assert (alert.labels["alertname"], alert.labels["severity"]) == (
        "CertificateExpires",
        "warning",
    )


def test_own_mapping_changes_single_labels() -> None:
    """The other labels stay those of the preset."""
    more = ", mapping: {labels: {team: billing, severity: warning}}"
    labels = only("pingdom", "pingdom_firing", more).labels
    assert (labels["team"], labels["severity"], labels["check"]) == (
        "billing",
        "warning",
        "Checkout",
    )


def test_mapping_of_another_type_is_an_error() -> None:
    """Grafana's bodies need none."""
    text = f"sources:\n  grafana: {{bearer: t, mapping: {{labels: {{alertname: x}}}}}}\n{REST}"
    (problem,) = faults(text)
    assert '"mapping" belongs to sources of type json, uptimerobot' in str(problem)


def test_mapping_without_labels_is_an_error() -> None:
    """Only the types with a mapping of their own may leave them out."""
    text = f"sources:\n  jobs: {{type: json, bearer: t, mapping: {{url: x}}}}\n{REST}"
    assert any('"labels" is missing' in str(one) for one in faults(text))


@pytest.mark.parametrize(
    ("type_", "file"),
    [
        ("uptimerobot", "uptimerobot/monitor_down"),
        ("gcp", "other/gcp_monitoring_open"),
        ("gcp", "other/gcp_monitoring_closed"),
        ("graylog", "other/graylog"),
        ("newrelic", "other/newrelic"),
        ("pingdom", "other/pingdom_down"),
        ("pingdom", "other/pingdom_up"),
    ],
)
def test_recorded_body_of_the_sender_is_understood(type_: str, file: str) -> None:
    """Bodies that others recorded, old versions among them."""
    path = shared(f"fixtures/ingest/{file}.json")
    parsed = parse_post(source(type_), json.loads(path.read_bytes()))
    assert parsed.bad == []
    assert parsed.alerts or parsed.related


def test_every_preset_has_a_spec_and_a_page() -> None:
    """docs/sources/ says what to paste at the sender."""
    pages = Path(__file__).parents[3] / "docs" / "sources"
    text = "".join(page.read_text(encoding="utf-8") for page in pages.glob("*.md"))
    assert [name for name in PRESET_TYPES if f"type: {name}" not in text] == []
    assert all(SOURCE_SPECS[name].has_preset for name in PRESET_TYPES)
