"""What sources make of the bodies that real senders post."""

import json
from typing import Any

import pytest

from gateway.core.alerts.labels import fingerprint, identity
from gateway.core.time.timestamps import parse_rfc3339
from gateway.web.ingest.sources import SOURCES
from gateway.web.ingest.sources.fast_path import parse_plain
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.shared_data import shared
from tests.web.world import FIXTURES, NOW, prometheus_body, recorded

WEBHOOKS = sorted(
    str(path.relative_to(FIXTURES))
    for path in FIXTURES.rglob("*.json")
    if not path.name.startswith(("api-", "prometheus-", "webhook-nested"))
)
LATER = NOW + 86400.0


def webhook(body: Any, now: float = LATER) -> Parsed:
    return SOURCES["alertmanager"](_bytes(body), now)


def prometheus(body: Any, now: float = LATER) -> Parsed:
    return SOURCES["prometheus"](_bytes(body), now)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def one(body: Any) -> dict[str, Any]:
    return {"version": "4", "alerts": [body]}


@pytest.mark.parametrize("name", WEBHOOKS)
def test_every_recorded_webhook_is_read_whole(name: str) -> None:
    """What Alertmanager 0.25 and 0.33 really sent is taken whole; nothing is lost."""
    sent = json.loads(recorded(name))
    if "alerts" not in sent:
        sent = sent["body"]
    parsed = webhook(sent)
    assert parsed.bad == []
    assert len(parsed.alerts) == len(sent["alerts"])
    for arguments, alert in zip(sent["alerts"], parsed.alerts, strict=True):
        assert fingerprint(alert.labels) == arguments["fingerprint"]
        assert alert.annotations == arguments["annotations"]
        assert alert.generator_url == arguments["generatorURL"]
        assert alert.starts_at == parse_rfc3339(arguments["startsAt"])
        ended = arguments["status"] == "resolved"
        assert alert.ends_at == (parse_rfc3339(arguments["endsAt"]) if ended else None)
        assert not alert.expires


@pytest.mark.parametrize(
    "name",
    ["v3_legacy", "v4_firing_alerta", "v4_firing_two_alerts_same_labels", "v4_resolved"],
)
def test_webhooks_that_others_recorded_are_read(name: str) -> None:
    """E33: version 3, bodies without fingerprint or truncatedAlerts, odd ones: accepted."""
    body = shared(f"fixtures/ingest/alertmanager/{name}.json").read_bytes()
    parsed = webhook(body)
    assert parsed.bad == []
    assert len(parsed.alerts) == len(json.loads(body)["alerts"])


def test_what_prometheus_posts_is_read_and_expires() -> None:
    """A firing alert of Prometheus carries an end ahead, and runs out unless it is sent again."""
    sent = prometheus_body("prometheus-post-alerts-firing.json")
    parsed = prometheus(sent, now=parse_rfc3339(sent[0]["startsAt"]) + 1.0)
    assert parsed.bad == []
    assert [alert.labels for alert in parsed.alerts] == [alert["labels"] for alert in sent]
    assert all(alert.expires for alert in parsed.alerts)
    assert parsed.alerts[0].ends_at == parse_rfc3339(sent[0]["endsAt"])


def test_prometheus_resolves_by_an_end_in_the_past() -> None:
    """The end that Prometheus sends is kept as it is: not ahead of us, it means resolved."""
    sent = prometheus_body("prometheus-post-alerts-resolved.json")
    parsed = prometheus(sent)
    ends = [alert.ends_at for alert in parsed.alerts]
    assert ends == [parse_rfc3339(alert["endsAt"]) for alert in sent]
    assert all(end is not None and end <= LATER for end in ends)


@pytest.mark.parametrize("end", [None, "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"])
def test_a_missing_end_stays_open(end: str | None) -> None:
    """E33: no end, an empty one and Go's zero time all mean that no end is known."""
    alert = {"labels": {"alertname": "A"}, "endsAt": end}
    assert prometheus([alert]).alerts[0].ends_at is None
    assert webhook(one(alert)).alerts[0].ends_at is None


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
def test_the_status_of_each_alert_counts(change: dict[str, str], ends_at: float | None) -> None:
    """E33: a group said to be firing with all its alerts resolved is a list of resolved alerts."""
    body = one({"labels": {"alertname": "A"}, **change}) | {"status": "firing"}
    assert webhook(body, NOW).alerts[0].ends_at == ends_at


def test_truncated_alerts_are_stated() -> None:
    """E33: what the sender left out is said, not lost in silence."""
    parsed = webhook(recorded("webhook-truncated-max-alerts.json"))
    assert parsed.note == "7 more not shown by the sender"
    assert webhook({"alerts": [], "truncatedAlerts": "many"}).note == ""


def test_a_webhook_without_alerts_is_fine() -> None:
    """E33: an empty list (or Go's null for it) is accepted and means nothing."""
    assert webhook({"alerts": []}) == webhook({"alerts": None}) == Parsed()


def test_a_start_ahead_of_us_is_the_receipt() -> None:
    """E35: a sender whose clock is ahead gives no alert of a negative age."""
    alert = {"labels": {"alertname": "A"}, "startsAt": "2099-01-01T00:00:00Z"}
    assert webhook(one(alert)).alerts[0].starts_at is None
    soon = {"labels": {"alertname": "A"}, "startsAt": "2026-11-21T01:00:20Z"}
    assert prometheus([soon], NOW).alerts[0].starts_at is None


def test_an_end_before_the_start_is_the_start() -> None:
    """E35: skewed clocks give no episode of a negative length."""
    start, end = "2026-01-01T00:00:10Z", "2026-01-01T00:00:00Z"
    alert = {"labels": {"a": "b"}, "status": "resolved", "startsAt": start, "endsAt": end}
    read = webhook(one(alert)).alerts[0]
    assert read.starts_at == read.ends_at == parse_rfc3339(start)


def test_the_api_refuses_an_end_before_the_start() -> None:
    """Alertmanager's API answers 400 to it, and so does ours, naming the field."""
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
def test_times_are_read_as_alertmanager_reads_them(text: str, seconds: float) -> None:
    """Nanoseconds, offsets and times without a zone (UTC) all give the instant that is meant."""
    alert = {"labels": {"a": "b"}, "startsAt": text}
    assert webhook(one(alert)).alerts[0].starts_at == seconds


def test_labels_without_a_value_are_dropped() -> None:
    """E34: an empty label, and null for one, is no label; the alert is the same without it."""
    read = webhook(one({"labels": {"a": "b", "c": "", "d": None}})).alerts[0]
    assert read.labels == {"a": "b"}


def test_a_doubled_key_counts_last() -> None:
    """E34: of a key that stands twice the last one counts, as Alertmanager reads it."""
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
def test_what_is_not_json_is_refused_with_400(source: str, body: bytes) -> None:
    """E34: a body that is not JSON is 400 with the position or the cause, for any fault."""
    with pytest.raises(BodyError) as refused:
        SOURCES[source](body, NOW)
    assert refused.value.status == 400
    assert "body is" in refused.value.message


@pytest.mark.parametrize("body", [b"{}", b"3", b'"x"', b"null", b'{"alerts": {}}', b"true"])
def test_json_of_another_shape_is_refused_with_422(body: bytes) -> None:
    """E34: well-formed but something else is 422."""
    with pytest.raises(BodyError) as refused:
        webhook(body)
    assert refused.value.status == 422


WRONG: list[tuple[Any, str]] = [
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


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_a_bad_alert_is_named_and_its_neighbours_are_kept(wrong: Any, field: str) -> None:
    """E42: the fault names alert and field; the good alerts beside it are never lost."""
    good = {"labels": {"alertname": "Good"}}
    for parsed in (webhook({"alerts": [good, wrong, good]}), prometheus([good, wrong, good])):
        assert [alert.labels["alertname"] for alert in parsed.alerts] == ["Good", "Good"]
        assert [(bad.index, bad.field) for bad in parsed.bad] == [(1, field)]
        assert parsed.bad[0].message


def test_a_wrong_status_is_named() -> None:
    """A status that is neither firing nor resolved is a fault of that alert."""
    parsed = webhook(one({"labels": {"a": "b"}, "status": "broken"}))
    assert parsed.bad[0].field == "status"


@pytest.mark.parametrize(
    "broken",
    [
        b'{"labels": {"a": 1e999}}',
        b'{"labels": {"a": ' + b"9" * 5000 + b"}}",
    ],
)
def test_what_only_its_alert_can_pay_for_costs_no_other(broken: bytes) -> None:
    """E34: a number beyond all bounds costs the alert that holds it, alone."""
    parsed = prometheus(b'[{"labels": {"alertname": "Good"}}, ' + broken + b"]")
    assert [alert.labels for alert in parsed.alerts] == [{"alertname": "Good"}]
    assert [(bad.index, bad.field) for bad in parsed.bad] == [(1, "labels.a")]
    assert parsed.malformed


@pytest.mark.parametrize("text", [b"a\\u0000b", b"a\\ud800b", b"a\xffb"])
def test_half_a_character_in_words_never_costs_the_page(text: bytes) -> None:
    """An annotation that no database can store is mended and said; the alert is kept."""
    body = b'[{"labels": {"a": "b"}, "annotations": {"summary": "' + text + b'"}}]'
    parsed = prometheus(body)
    assert parsed.alerts[0].annotations == {"summary": "a\ufffdb"}
    assert parsed.bad == []
    assert [note.field for note in parsed.repaired] == ["annotations.summary"]


def test_unknown_fields_of_any_type_are_ignored() -> None:
    """E33: newer versions add fields; none of them costs an alert."""
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    alert = {"labels": {"a": "b"}, "future": deep, "n": 10**400}
    body = one(alert) | {"notification_reason": "repeat interval elapsed", "routeLabels": {"x": 1}}
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
def test_other_forms_of_time_are_read_on_every_path(text: str) -> None:
    """Every time that Alertmanager accepts is accepted."""
    alert = {"labels": {"a": "b"}, "startsAt": text}
    plain = parse_plain(_bytes([alert]), NOW)
    assert plain is not None
    for read in (plain[0], webhook(one(alert)).alerts[0]):
        assert read.starts_at == NOW


def test_a_thousand_labels_are_taken_and_a_label_of_a_megabyte_is_cut() -> None:
    """E34: what is large but right is accepted, and what was cut is noted."""
    labels = {f"label_{n}": "x" for n in range(1000)} | {"big": "y" * 1_000_000, "größe": "ü"}
    parsed = prometheus([{"labels": labels}])
    remaining = dict(parsed.alerts[0].labels)
    assert len(remaining.pop("big")) == 4096
    assert remaining == {name: value for name, value in labels.items() if name != "big"}
    assert [(note.index, note.field) for note in parsed.repaired] == [(0, "labels.big")]


def test_alerts_that_differ_beyond_the_cut_stay_two() -> None:
    """Cutting must not merge two alerts, and must give one alert one identity each time."""
    values = ["y" * 5000 + "1", "y" * 5000 + "2", "y" * 5000 + "1"]
    parsed = prometheus([{"labels": {"a": value, value: "x"}} for value in values])
    first, second, again = [identity(alert.labels) for alert in parsed.alerts]
    assert first == again != second
