"""Re-posts recognised by their bytes, with the same result as parsing them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.alerts.labels import identity
from gateway.core.plan.plan import Plan, Receiver
from gateway.core.routing.match import RouteSpec, build_route
from gateway.core.time.timestamps import format_rfc3339
from gateway.flow.intake.normalise import normalise
from gateway.flow.intake.repost_cache import RepostCache
from gateway.web.ingest.sources.repost import parse_raw_post
from tests.examples import examples
from tests.web.parsing import parse_post
from tests.web.world import NOW, recorded

PLAN = Plan(build_route(RouteSpec(receiver="r")), {"r": Receiver("r")})
STEPS = (-240.0, -60.0, 0.0, 60.0, 240.0, 1800.0)


def test_raw_post_of_prometheus_has_the_identities_of_its_alerts() -> None:
    """Prometheus writes labels in the form that an alert's identity is computed from."""
    _, _, body = recorded("prometheus-post-alerts.http").partition(b"\n\n")
    raw_posts = parse_raw_post(body)
    assert raw_posts is not None
    sent = json.loads(body)
    assert [raw_post[0] for raw_post in raw_posts] == [identity(alert["labels"]) for alert in sent]
    assert len(sent) > 1


posts = st.lists(
    st.lists(
        st.fixed_dictionaries(
            {
                "labels": st.sampled_from(
                    [{"a": "1"}, {"a": "1", "b": "ÿ"}, {"b": "<&>"}, {"b": "2", "a": ""}]
                ),
            },
            optional={
                "annotations": st.sampled_from([{}, {"summary": "slow"}, {"summary": "down"}]),
                "generatorURL": st.sampled_from(["", "http://p.example.com/graph"]),
                "startsAt": st.sampled_from([NOW - 300, NOW - 60, NOW, NOW + 600]),
                "endsAt": st.sampled_from([NOW + step for step in STEPS]),
            },
        ),
        max_size=3,
    ),
    max_size=8,
)


def with_times(alert: dict[str, Any]) -> dict[str, Any]:
    times = {name: format_rfc3339(alert[name]) for name in ("startsAt", "endsAt") if name in alert}
    return {**alert, **times}


@pytest.mark.parametrize("field", ["startsAt", "endsAt"])
def test_field_that_is_not_a_text_leaves_the_raw_path(field: str) -> None:
    """E34: a time with bytes that are not UTF-8 is left to the exact parser."""
    times = {"startsAt": "2026-11-21T00:53:00Z", "endsAt": "2026-11-21T00:57:00Z"}
    body = json.dumps([{"labels": {"a": "1"}, **times, field: "?"}]).encode()
    assert parse_raw_post(body) is not None
    assert parse_raw_post(body.replace(b"?", b"\xff")) is None


class Listener:
    """A re-post cache behind an endpoint, with or without absorbing raw posts."""

    def __init__(self, absorbs_raw: bool, trust: float | None) -> None:
        self.cache = RepostCache(trust)
        self.absorbs_raw = absorbs_raw
        self.recognised = 0

    def take(self, body: bytes, now: float) -> None:
        raw_posts = parse_raw_post(body) if self.absorbs_raw else None
        if raw_posts is not None and self.cache.absorb_raw(raw_posts, now) is not None:
            self.recognised += len(raw_posts)
            return
        parsed = parse_post("prometheus", body, now)
        if parsed.bad:
            raw_posts = None
        for index, incoming in enumerate(parsed.alerts):
            alert = normalise(incoming, "prometheus", PLAN, now)
            if not self.cache.absorb(alert, now):
                self.cache.remember([alert], now)
            elif raw_posts is not None:
                self.cache.remember_raw(alert.identity, raw_posts.raw_hash(index))

    def state(self) -> Any:
        ends, reworded = self.cache.pending_writes(NOW + 1e6)
        known = {
            key: (one.starts_at, one.ends_at, one.stored_ends_at, one.timeout, one.text_hash)
            for key, one in self.cache._alerts.items()
        }
        return known, sorted(ends), [(a.identity, a.annotations) for a in reworded]


@settings(max_examples=examples(300))
@given(posts, st.lists(st.sampled_from([0.0, 30.0, 200.0]), min_size=8, max_size=8), st.booleans())
def test_absorbing_raw_posts_changes_no_alert(
    bodies: list[list[dict[str, Any]]], pauses: list[float], shared: bool
) -> None:
    """Absorbing raw posts leaves the cache in the same state as parsing all of them."""
    trust = 60.0 if shared else None
    raw_listener, parsing_listener = Listener(True, trust), Listener(False, trust)
    now = NOW
    for alerts, pause in zip(bodies, pauses, strict=False):
        now += pause
        for _ in range(3):
            body = json.dumps([with_times(a) for a in alerts], separators=(",", ":")).encode()
            raw_listener.take(body, now)
            parsing_listener.take(body, now)
        assert raw_listener.state() == parsing_listener.state()


@pytest.mark.parametrize("trust", [None, 60.0])
def test_third_equal_post_is_recognised(trust: float | None) -> None:
    """The first post is stored, the second parsed and absorbed, and later ones recognised."""
    listener = Listener(True, trust)
    for number, ends_at in enumerate((240.0, 300.0, 360.0, 420.0)):
        alert = {
            "labels": {"alertname": "SlowRenewals"},
            "annotations": {"summary": "more than 5 % are late"},
            "startsAt": NOW - 60,
            "endsAt": NOW + ends_at,
        }
        listener.take(json.dumps([with_times(alert)], separators=(",", ":")).encode(), NOW + number)
        assert listener.recognised == max(0, number - 1)
    known = identity({"alertname": "SlowRenewals"})
    assert listener.cache.pending_writes(NOW + 200)[0] == [(known, NOW + 420, NOW + 200)]
