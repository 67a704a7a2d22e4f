"""Any posted body gets a defined answer, no internal error, and loses no valid alert."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.build.json_mapping import json_mapping
from gateway.config.build.presets import preset
from gateway.config.grammar.sources import PRESET_TYPES
from gateway.config.source.problem import Findings
from gateway.core.alerts.labels import identity
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.json_mapping import JsonMapping, MappedValue, StatusRule
from gateway.core.text.json_path import parse_json_path, parse_json_text
from gateway.web.ingest.sources import SOURCES
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.examples import examples
from tests.web.parsing import parse_post
from tests.web.world import NOW

TEXTS = st.text(max_size=20) | st.sampled_from(["", "\x00", "\ud800", "{{x}}", "<!channel>", "a"])
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, 1e308, float("inf")])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
TIMES = VALUES | st.sampled_from(
    [
        "2026-11-21T01:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:60Z",
        "２０２６-11-21T01:00:00Z",
    ]
)
LABELS = st.dictionaries(TEXTS, TEXTS | VALUES, max_size=4) | VALUES
ALERTS = st.fixed_dictionaries(
    {},
    optional={
        "labels": LABELS,
        "annotations": LABELS,
        "startsAt": TIMES,
        "endsAt": TIMES,
        "status": st.sampled_from(["firing", "resolved"]) | VALUES,
        "generatorURL": VALUES,
        "future": VALUES,
    },
)
ITEMS = st.lists(ALERTS | VALUES, max_size=5)


def fields(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects with any of these fields, whose values may also be anything."""
    return st.fixed_dictionaries({}, optional={name: one | VALUES for name, one in known.items()})


URLS = st.sampled_from(["?orgId=1", "https://x.example.com/y", "javascript:a", "http://[", "//"])
GRAFANA = fields(
    alerts=st.lists(
        fields(
            labels=LABELS,
            annotations=LABELS,
            status=st.sampled_from(["firing", "resolved"]),
            startsAt=TIMES,
            endsAt=TIMES,
            generatorURL=URLS,
            values=st.dictionaries(TEXTS, VALUES, max_size=3),
            valueString=TEXTS,
            panelURL=URLS,
            orgId=st.integers(),
        ),
        max_size=3,
    ),
    externalURL=URLS,
    orgId=st.integers(),
) | fields(
    state=st.sampled_from(["alerting", "ok", "no_data", "paused", "pending"]),
    ruleName=TEXTS,
    ruleId=st.integers(),
    ruleUrl=URLS,
    tags=LABELS,
    evalMatches=st.lists(fields(metric=TEXTS, value=NUMBERS), max_size=3),
)
SENTRY = fields(
    action=st.sampled_from(["triggered", "critical", "resolved", "created", "assigned"]),
    data=fields(
        event=fields(
            issue_id=TEXTS,
            level=TEXTS,
            tags=st.lists(st.lists(TEXTS | VALUES, max_size=3)),
            url=URLS,
        ),
        metric_alert=fields(id=TEXTS, alert_rule=fields(name=TEXTS), projects=st.lists(TEXTS)),
        issue=fields(id=TEXTS, level=TEXTS, project=fields(slug=TEXTS)),
        triggered_rule=TEXTS,
    ),
    event=fields(title=TEXTS, tags=VALUES),
    id=TEXTS,
    triggering_rules=st.lists(TEXTS),
)
JOBS = fields(
    jobs=st.lists(fields(name=TEXTS, state=st.sampled_from(["ok", "down"]), at=TIMES, id=TEXTS))
)
MAPPING = JsonMapping(
    labels={"alertname": MappedValue(parse_json_text("{{ name or $.jobs[0].name }}"))},
    annotations={"all": MappedValue(parse_json_text("{{ state }} {{ more }}"))},
    alerts=parse_json_path("$.jobs"),
    status=StatusRule(parse_json_text("{{ state }}"), resolved=frozenset({"ok"})),
    starts_at=MappedValue(parse_json_text("{{ at }}")),
)
POSTHOG_ALERT = fields(alert_id=TEXTS, alert_name=TEXTS, breaches=TEXTS, service_names=VALUES)
POSTHOG = fields(
    event=fields(
        event=st.sampled_from(["$insight_alert_firing", "$logs_alert_resolved", "other"]),
        properties=POSTHOG_ALERT,
        distinct_id=TEXTS,
        url=URLS,
    )
    | st.sampled_from(["firing", "resolved", "broken"]),
    alert_id=TEXTS,
    result_count=VALUES,
)
MAIL = fields(
    MessageID=TEXTS | st.just("m-1"),
    FromFull=fields(Email=TEXTS),
    OriginalRecipient=TEXTS,
    ToFull=st.lists(fields(Email=TEXTS), max_size=2),
    Subject=TEXTS,
    TextBody=TEXTS,
    HtmlBody=TEXTS,
    Headers=st.lists(fields(Name=TEXTS, Value=TEXTS), max_size=2),
)
CHANGE = fields(title=TEXTS, at=TIMES, link=URLS, labels=LABELS, status=TEXTS, key=TEXTS, by=TEXTS)
DEPLOYMENT = fields(
    deployment=fields(id=NUMBERS, ref=TEXTS, environment=TEXTS, created_at=TIMES),
    deployment_status=fields(
        state=st.sampled_from(["success", "pending", "inactive"]), log_url=URLS, created_at=TIMES
    ),
    repository=fields(full_name=TEXTS, html_url=URLS),
)
SETTINGS = {
    "json": SourceSettings("json", "json", mapping=MAPPING),
    **{
        name: SourceSettings(name, name, mapping=json_mapping(preset(name), Findings(name)))
        for name in PRESET_TYPES
    },
}
"""Settings of types that need some."""

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
PRESET_FIELDS = (
    *("alert_type", "monitor_friendly_name", "heartbeat", "monitor", "incident", "state"),
    *("current_state", "check_id", "event", "workflow_run", "repository", "type", "data"),
)
PRESETS = st.fixed_dictionaries({}, optional=dict.fromkeys(PRESET_FIELDS, ANYTHING))
SHAPES: dict[str, st.SearchStrategy[Any]] = {
    "grafana": GRAFANA,
    "sentry": SENTRY,
    "json": JOBS,
    "posthog": POSTHOG,
    "email": MAIL,
    **dict.fromkeys(PRESET_TYPES, PRESETS),
    "change": CHANGE | fields(changes=st.lists(CHANGE, max_size=3)),
}
"""Bodies that look like those of a type, by type."""

GOOD: dict[str, Any] = {"labels": {"alertname": "Good"}}


def as_json(value: Any) -> bytes:
    """Serialize as a careless sender does, with NaN and lone surrogates."""
    return json.dumps(value).encode()


def counts_of(source: str, body: bytes) -> tuple[int, int]:
    """Return how many alerts are accepted and refused; each accepted one can be stored."""
    try:
        parsed = parse_post(SETTINGS.get(source, source), body)
    except BodyError as error:
        refused = error
    else:
        return _checked_counts(parsed)
    assert refused.status in (400, 413, 422)
    refused.message.encode()
    return 0, 1


def _checked_counts(parsed: Parsed) -> tuple[int, int]:
    for alert in parsed.alerts:
        assert alert.labels
        assert all(alert.labels.values())
        identity(alert.labels)
        stored = json.dumps([dict(alert.labels), dict(alert.annotations), alert.generator_url])
        assert "\\u0000" not in stored.replace("\\\\", "")
        json.dumps([*alert.annotations.items()], ensure_ascii=False).encode()
        alert.generator_url.encode()
        for instant in (alert.starts_at, alert.ends_at):
            assert instant is None or abs(instant) < 1e12
        assert alert.starts_at is None or alert.starts_at <= NOW
    for fault in (*parsed.bad, *parsed.repaired):
        f"{fault.field} {fault.message}".encode()
        assert len(fault.field) < 200
    return len(parsed.alerts), len(parsed.bad)


@settings(max_examples=examples(400), deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    """E34: arbitrary bytes are parsed or refused with a defined status."""
    for source in SOURCES:
        counts_of(source, body)


@settings(max_examples=examples(400), deadline=None)
@given(ITEMS)
def test_valid_alert_is_accepted_beside_any_json(items: list[Any]) -> None:
    """E34, E42: a valid alert is accepted beside any JSON values."""
    alerts = [GOOD, *items, GOOD]
    plain = not _has_invalid_number(alerts)
    for source, body in (("prometheus", alerts), ("alertmanager", {"alerts": alerts})):
        accepted, refused = counts_of(source, as_json(body))
        if plain:
            assert accepted >= 2
            assert accepted + refused == len(alerts)


@pytest.mark.parametrize("source", sorted(set(SOURCES) - {"alertmanager", "prometheus"}))
@settings(max_examples=examples(300), deadline=None)
@given(data=st.data())
def test_any_values_in_the_fields_of_a_sender_are_parsed_or_refused(
    source: str, data: st.DataObject
) -> None:
    """E34: a body with the sender's own fields, of any type, is parsed or refused."""
    counts_of(source, as_json(data.draw(SHAPES[source])))


def _has_invalid_number(value: Any) -> bool:
    """Return whether a value has NaN or an infinity, which are not JSON."""
    if isinstance(value, float):
        return value != value or value in (float("inf"), float("-inf"))
    if isinstance(value, dict):
        return any(_has_invalid_number(one) for one in value.values())
    return isinstance(value, list) and any(_has_invalid_number(one) for one in value)
