"""Fast and exact parser: the fast one returns the same alerts or leaves the body."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.alerts.labels import identity
from gateway.web.ingest.sources.fast_path import parse_plain
from gateway.web.ingest.sources.parsed import BodyError
from gateway.web.ingest.sources.prometheus import parse_with_faults
from tests.examples import examples
from tests.web.ingest.test_fuzz import GOOD, ITEMS, VALUES, as_json
from tests.web.world import NOW

LABELS = {"alertname": "StripeWebhookFailures", "severity": "critical"}
WHOLE = {
    "labels": LABELS,
    "annotations": {"summary": "Stripe’s webhooks fail", "empty": ""},
    "startsAt": "2026-11-21T01:00:00Z",
    "endsAt": "2026-11-21T01:04:00.5+00:00",
    "generatorURL": "http://prometheus.example.com/graph?g0.expr=up&g0.tab=1",
}


def parsers_agree(body: bytes) -> bool:
    """Return whether the fast parser took the body, and assert that the exact one agrees."""
    plain = parse_plain(body, NOW)
    if plain is None:
        return False
    exact = parse_with_faults(body, NOW)
    assert plain == exact.alerts
    assert [alert.identity for alert in plain] == [identity(alert.labels) for alert in plain]
    assert not exact.bad
    assert not exact.repaired
    if exact.malformed:  # bytes that are not text, in an unused field
        with pytest.raises(UnicodeDecodeError):
            body.decode()
    return True


@settings(max_examples=examples(400))
@given(ITEMS | VALUES)
def test_both_parsers_agree_on_any_json(value: Any) -> None:
    """The fast parser leaves any JSON, or returns the alerts of the exact parser."""
    parsers_agree(as_json(value))


@settings(max_examples=examples(400))
@given(st.binary(max_size=12), st.integers(0, 400), st.integers(0, 3))
def test_both_parsers_agree_on_damaged_posts(noise: bytes, start: int, cut: int) -> None:
    """The fast parser never accepts a damaged post that the exact parser refuses."""
    body = json.dumps([WHOLE, GOOD], ensure_ascii=False).encode()
    damaged = body[:start] + noise + body[start + cut :]
    try:
        parsers_agree(damaged)
    except BodyError as error:
        pytest.fail(f"the fast parser took what the exact one refuses: {error.message}")


@pytest.mark.parametrize(
    "items",
    [
        [],
        [WHOLE],
        [GOOD, WHOLE],
        [{**WHOLE, "future": {"nested": [1.5, None, True]}}],
        [{**WHOLE, "startsAt": ""}],
        [{**WHOLE, "endsAt": "0001-01-01T00:00:00Z"}],
        [{"labels": LABELS, "startsAt": "2100-01-01T00:00:00Z", "endsAt": "2100-01-02T00:00:00Z"}],
    ],
)
def test_posts_of_prometheus_take_the_fast_path(items: list[dict[str, Any]]) -> None:
    """Posts as Prometheus writes them are parsed by the fast parser."""
    assert parsers_agree(json.dumps(items).encode())


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"labels": {}},
        {"labels": {"alertname": ""}},
        {"labels": {"": "x"}},
        {"labels": {"alertname": None}},
        {"labels": LABELS, "annotations": {"": "x"}},
        {"labels": LABELS, "annotations": None},
        {"labels": LABELS, "startsAt": None},
        {"labels": LABELS, "startsAt": "yesterday"},
        {"labels": LABELS, "startsAt": "2026-11-21T01:00:00Z", "endsAt": "2026-11-21T00:00:00Z"},
        {"labels": LABELS, "annotations": {"x": "\x00"}},
        {"labels": LABELS, "annotations": {"x": "\ud800"}},
        {"labels": LABELS, "generatorURL": 7},
    ],
)
def test_irregular_alert_leaves_the_fast_path(item: dict[str, Any]) -> None:
    """A post with an irregular alert is left to the exact parser."""
    assert parse_plain(as_json([GOOD, item]), NOW) is None
