"""Bodies of real senders as parsed by each source."""

import json
from typing import Any

import pytest

from gateway.core.alerts.labels import fingerprint, identity
from gateway.core.time.timestamps import parse_rfc3339
from gateway.web.ingest.sources.fast_path import parse_plain
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.shared_data import shared
from tests.web.parsing import parse_post
from tests.web.world import FIXTURES, NOW, prometheus_body, recorded

WEBHOOKS = sorted(
    str(path.relative_to(FIXTURES))
    for path in FIXTURES.rglob("*.json")
    if not path.name.startswith(("api-", "prometheus-", "webhook-nested"))
)
LATER = NOW + 86400.0


def webhook(body: Any, now: float = LATER) -> Parsed:
    return parse_post("alertmanager", _bytes(body), now)


def prometheus(body: Any, now: float = LATER) -> Parsed:
    return parse_post("prometheus", _bytes(body), now)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def webhook_of(body: Any) -> dict[str, Any]:
    return {"version": "4", "alerts": [body]}


@pytest.mark.parametrize("name", WEBHOOKS)
def test_recorded_webhook_is_parsed_completely(name: str) -> None:
    """Every alert that Alertmanager 0.25 and 0.33 sent is accepted with all its fields."""
    sent = json.loads(recorded(name))
    if "alerts" not in sent:
        sent = sent["body"]
    parsed = webhook(sent)
    assert parsed.bad == []
    assert len(parsed.alerts) == len(sent["alerts"])
    for sent_alert, alert in zip(sent["alerts"], parsed.alerts, strict=True):
        assert fingerprint(alert.labels) == sent_alert["fingerprint"]
        assert alert.annotations == sent_alert["annotations"]
        assert alert.generator_url == sent_alert["generatorURL"]
        assert alert.starts_at == parse_rfc3339(sent_alert["startsAt"])
        ended = sent_alert["status"] == "resolved"
        assert alert.ends_at == (parse_rfc3339(sent_alert["endsAt"]) if ended else None)
        assert not alert.expires


@pytest.mark.parametrize(
    "name",
    ["v3_legacy", "v4_firing_alerta", "v4_firing_two_alerts_same_labels", "v4_resolved"],
)
def test_webhook_recorded_by_others_is_parsed(name: str) -> None:
    """E33: version 3 and bodies without fingerprint or truncatedAlerts are accepted."""
    body = shared(f"fixtures/ingest/alertmanager/{name}.json").read_bytes()
    parsed = webhook(body)
    assert parsed.bad == []
    assert len(parsed.alerts) == len(json.loads(body)["alerts"])


def test_firing_post_of_prometheus_expires() -> None:
    """A firing alert of Prometheus ends in the future, and expires unless it is re-posted."""
    sent = prometheus_body("prometheus-post-alerts-firing.json")
    parsed = prometheus(sent, now=parse_rfc3339(sent[0]["startsAt"]) + 1.0)
    assert parsed.bad == []
    assert [alert.labels for alert in parsed.alerts] == [alert["labels"] for alert in sent]
    assert all(alert.expires for alert in parsed.alerts)
    assert parsed.alerts[0].ends_at == parse_rfc3339(sent[0]["endsAt"])


def test_end_in_the_past_resolves_an_alert_of_prometheus() -> None:
    """The end that Prometheus sends is stored unchanged; in the past it means resolved."""
    sent = prometheus_body("prometheus-post-alerts-resolved.json")
    parsed = prometheus(sent)
    ends = [alert.ends_at for alert in parsed.alerts]
    assert ends == [parse_rfc3339(alert["endsAt"]) for alert in sent]
    assert all(end is not None and end <= LATER for end in ends)


@pytest.mark.parametrize("end", [None, "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"])
def test_missing_end_leaves_the_alert_open(end: str | None) -> None:
    """E33: no end, an empty end and Go's zero time all mean an unknown end."""
    alert = {"labels": {"alertname": "A"}, "endsAt": end}
    assert prometheus([alert]).alerts[0].ends_at is None
    assert webhook(webhook_of(alert)).alerts[0].ends_at is None


@pytest.mark.parametrize(
    ("change", "ends_at"),
    [
        ({"status": "firing", "endsAt": "2026-01-01T00:00:00Z"}, None),
        ({"status": "resolved"}, NOW),
        ({"status": "resolved", "endsAt": "2099-01-01T00:00:00Z"}, NOW),
        ({"endsAt": "2026-01-01T00:00:00Z"}, parse_rfc3339("2026-01-01T00:00:00Z")),
        ({"endsAt": "2099-01-01T00:00:00Z"}, None),
    ],
)
def test_status_of_each_alert_overrides_the_group(
    change: dict[str, str], ends_at: float | None
) -> None:
    """E33: an alert's own status and end decide, not the status of its group."""
    body = webhook_of({"labels": {"alertname": "A"}, **change}) | {"status": "firing"}
    assert webhook(body, NOW).alerts[0].ends_at == ends_at


def test_truncated_alerts_are_noted() -> None:
    """E33: alerts that the sender omitted are noted with their number."""
    parsed = webhook(recorded("webhook-truncated-max-alerts.json"))
    assert parsed.note == "7 more not shown by the sender"
    assert webhook({"alerts": [], "truncatedAlerts": "many"}).note == ""


def test_webhook_without_alerts_is_accepted() -> None:
    """E33: an empty list, or Go's null for it, is accepted."""
    assert webhook({"alerts": []}) == webhook({"alerts": None}) == Parsed()


def test_start_in_the_future_is_the_receipt() -> None:
    """E35: an alert of a sender whose clock is ahead starts at its receipt."""
    alert = {"labels": {"alertname": "A"}, "startsAt": "2099-01-01T00:00:00Z"}
    assert webhook(webhook_of(alert)).alerts[0].starts_at is None
    soon = {"labels": {"alertname": "A"}, "startsAt": "2026-11-21T01:00:20Z"}
    assert prometheus([soon], NOW).alerts[0].starts_at is None


def test_end_before_the_start_is_the_start() -> None:
    """E35: skewed clocks give no alert of a negative duration."""
    start, end = "2026-01-01T00:00:10Z", "2026-01-01T00:00:00Z"
    alert = {"labels": {"a": "b"}, "status": "resolved", "startsAt": start, "endsAt": end}
    read = webhook(webhook_of(alert)).alerts[0]
    assert read.starts_at == read.ends_at == parse_rfc3339(start)


def test_api_refuses_an_end_before_the_start() -> None:
    """As in Alertmanager, the API answers 400 to an end before the start, and names the field."""
    alert = {
        "labels": {"a": "b"},
        "startsAt": "2026-01-01T00:00:10Z",
        "endsAt": "2026-01-01T00:00:00Z",
    }
    parsed = prometheus([alert])
    assert [(bad.index, bad.field) for bad in parsed.bad] == [(0, "startsAt")]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-21T01:00:00Z", NOW),
        ("2026-11-21T02:00:00+01:00", NOW),
        ("2026-11-21T01:00:00.123456789Z", NOW + 0.123456),
        ("2026-11-21T01:00:00", NOW),
    ],
)
def test_times_are_parsed_as_in_alertmanager(text: str, seconds: float) -> None:
    """Nanoseconds, offsets and times without a zone (UTC) give the intended instant."""
    alert = {"labels": {"a": "b"}, "startsAt": text}
    assert webhook(webhook_of(alert)).alerts[0].starts_at == seconds


def test_labels_without_a_value_are_dropped() -> None:
    """E34: an empty or null label is dropped; the alert is the same without it."""
    read = webhook(webhook_of({"labels": {"a": "b", "c": "", "d": None}})).alerts[0]
    assert read.labels == {"a": "b"}


def test_last_of_a_doubled_key_counts() -> None:
    """E34: of a doubled key the last one counts, as in Alertmanager."""
    body = b'[{"labels": {"alertname": "First", "alertname": "Last"}}]'
    assert prometheus(body).alerts[0].labels == {"alertname": "Last"}


@pytest.mark.parametrize("source", ["alertmanager", "prometheus"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"not json",
        b"[] trailing",
        b"\xef\xbb\xbf[]",
        b"[NaN]",
        b"[-Infinity]",
        b'["\x00"]',
        b'["line\nbreak"]',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        "[]".encode("utf-16"),
    ],
)
def test_body_that_is_not_json_is_400(source: str, body: bytes) -> None:
    """E34: a body that is not JSON answers 400 with the position or the cause."""
    with pytest.raises(BodyError) as refused:
        parse_post(source, body)
    assert refused.value.status == 400
    assert "body is" in refused.value.message


@pytest.mark.parametrize("body", [b"{}", b"3", b'"x"', b"null", b'{"alerts": {}}', b"true"])
def test_json_of_another_shape_is_422(body: bytes) -> None:
    """E34: valid JSON of another shape answers 422."""
    with pytest.raises(BodyError) as refused:
        webhook(body)
    assert refused.value.status == 422


INVALID: list[tuple[Any, str]] = [
    (None, ""),
    (3, ""),
    ([], ""),
    ({}, "labels"),
    ({"labels": None}, "labels"),
    ({"labels": {}}, "labels"),
    ({"labels": []}, "labels"),
    ({"labels": "a=b"}, "labels"),
    ({"labels": {"a": ""}}, "labels"),
    ({"labels": {"": "x"}}, "labels"),
    ({"labels": {"severity": 3}}, "labels.severity"),
    ({"labels": {"severity": True}}, "labels.severity"),
    ({"labels": {"severity": 0}}, "labels.severity"),
    ({"labels": {"a": "b", "severity": ["x"]}}, "labels.severity"),
    ({"labels": {"severity": float("1e300")}}, "labels.severity"),
    ({"labels": {f"l{n}": "x" for n in range(1025)}}, "labels"),
    ({"labels": {f"l{n}": "x" * 4096 for n in range(17)}}, "labels"),
    ({"labels": {"a": "b"}, "annotations": []}, "annotations"),
    ({"labels": {"a": "b"}, "annotations": {"s": {}}}, "annotations.s"),
    ({"labels": {"a": "b"}, "generatorURL": 3}, "generatorURL"),
    ({"labels": {"a": "b"}, "startsAt": "yesterday"}, "startsAt"),
    ({"labels": {"a": "b"}, "startsAt": 1795222800}, "startsAt"),
    ({"labels": {"a": "b"}, "startsAt": "2026-13-01T00:00:00Z"}, "startsAt"),
    ({"labels": {"a": "b"}, "startsAt": "10000-01-01T00:00:00Z"}, "startsAt"),
    ({"labels": {"a": "b"}, "endsAt": "9" * 5000}, "endsAt"),
    ({"labels": {"a": "b"}, "endsAt": "2026-01-01"}, "endsAt"),
]


@pytest.mark.parametrize(("invalid_alert", "field"), INVALID)
def test_invalid_alert_is_named_and_valid_ones_are_accepted(invalid_alert: Any, field: str) -> None:
    """E42: a fault names alert and field, and the valid alerts beside it are accepted."""
    good = {"labels": {"alertname": "Good"}}
    for parsed in (
        webhook({"alerts": [good, invalid_alert, good]}),
        prometheus([good, invalid_alert, good]),
    ):
        assert [alert.labels["alertname"] for alert in parsed.alerts] == ["Good", "Good"]
        assert [(bad.index, bad.field) for bad in parsed.bad] == [(1, field)]
        assert parsed.bad[0].message


def test_unknown_status_is_a_fault_of_its_alert() -> None:
    """A status that is neither firing nor resolved is a fault of its alert."""
    parsed = webhook(webhook_of({"labels": {"a": "b"}, "status": "broken"}))
    assert parsed.bad[0].field == "status"


@pytest.mark.parametrize(
    "broken",
    [
        b'{"labels": {"a": 1e999}}',
        b'{"labels": {"a": ' + b"9" * 5000 + b"}}",
    ],
)
def test_number_out_of_range_costs_only_its_alert(broken: bytes) -> None:
    """E34: a number out of range costs only the alert that has it."""
    parsed = prometheus(b'[{"labels": {"alertname": "Good"}}, ' + broken + b"]")
    assert [alert.labels for alert in parsed.alerts] == [{"alertname": "Good"}]
    assert [(bad.index, bad.field) for bad in parsed.bad] == [(1, "labels.a")]
    assert parsed.malformed


@pytest.mark.parametrize("text", [b"a\\u0000b", b"a\\ud800b", b"a\xffb"])
def test_invalid_character_of_an_annotation_is_replaced(text: bytes) -> None:
    """An annotation that no database can store is repaired and noted; the alert is accepted."""
    body = b'[{"labels": {"a": "b"}, "annotations": {"summary": "' + text + b'"}}]'
    parsed = prometheus(body)
    assert parsed.alerts[0].annotations == {"summary": "a\ufffdb"}
    assert parsed.bad == []
    assert [note.field for note in parsed.repaired] == ["annotations.summary"]


def test_unknown_fields_of_any_type_are_ignored() -> None:
    """E33: fields of newer versions are ignored, also those with unknown types."""
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    alert = {"labels": {"a": "b"}, "future": deep, "n": 10**400}
    body = webhook_of(alert) | {
        "notification_reason": "repeat interval elapsed",
        "routeLabels": {"x": 1},
    }
    assert len(webhook(body).alerts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T02:00:00.000+0100",
        "2026-11-21 01:00:00",
        "2026-11-21T01:00Z",
        "2026-11-21T01:00",
        "2026-11-21t01:00:00z",
        "2026-11-20 20:00:00-05",
    ],
)
def test_other_forms_of_time_are_parsed_by_both_parsers(text: str) -> None:
    """Both parsers accept every form of time that Alertmanager accepts."""
    alert = {"labels": {"a": "b"}, "startsAt": text}
    plain = parse_plain(_bytes([alert]), NOW)
    assert plain is not None
    for read in (plain[0], webhook(webhook_of(alert)).alerts[0]):
        assert read.starts_at == NOW


def test_thousand_labels_are_accepted_and_a_long_one_is_cut() -> None:
    """E34: a thousand labels are accepted, and a label of a megabyte is cut and noted."""
    labels = {f"label_{n}": "x" for n in range(1000)} | {"big": "y" * 1_000_000, "größe": "ü"}
    parsed = prometheus([{"labels": labels}])
    remaining = dict(parsed.alerts[0].labels)
    assert len(remaining.pop("big")) == 4096
    assert remaining == {name: value for name, value in labels.items() if name != "big"}
    assert [(note.index, note.field) for note in parsed.repaired] == [(0, "labels.big")]


def test_alerts_that_differ_beyond_the_cut_stay_distinct() -> None:
    """Cutting never merges two alerts, and gives one alert the same identity each time."""
    values = ["y" * 5000 + "1", "y" * 5000 + "2", "y" * 5000 + "1"]
    parsed = prometheus([{"labels": {"a": value, value: "x"}} for value in values])
    first, second, repeated = [identity(alert.labels) for alert in parsed.alerts]
    assert first == repeated != second
