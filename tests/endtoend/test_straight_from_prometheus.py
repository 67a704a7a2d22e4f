"""Prometheus posting straight to the gateway, without Alertmanager."""

import re

import pytest

from tests.endtoend.world import SECRETS, World
from tests.processes.harness import request, wait_for

pytestmark = [pytest.mark.process, pytest.mark.peer]

PLATFORM_KEY = SECRETS["PAGERDUTY_PLATFORM_KEY"]
FIRST = {
    ("postmark", "platform-oncall@example.com"): ("mail critical",),
    ("postmark", "cho@example.com"): ("mail critical",),
    ("slack", "#platform-alerts"): ("post critical",),
    ("slack", "U012CHO"): ("post critical",),
    ("pagerduty", PLATFORM_KEY): ("trigger",),
}
NEXT = {("postmark", "admin@example.com"): ("mail critical, escalated",)}
ENDS = {
    "postmark": ("mail resolved",),
    "slack": ("update resolved", "reply resolved"),
    "pagerduty": ("resolve",),
}


def ended(world: World, incident: int) -> bool:
    """Return whether everyone who was notified of the incident got its resolved notification."""
    summaries = world.summaries(incident)
    return all(
        summary[-len(ENDS[vendor]) :] == ENDS[vendor] for (vendor, _), summary in summaries.items()
    )


def posts(world: World) -> int:
    """Return how many posts of Prometheus the gateway has answered 200."""
    text = request(f"{world.gateway.url}/metrics")[2].decode()
    line = r'^gateway_ingest_requests_total\{(?=.*source="prometheus")(?=.*status="200").*\} (\S+)$'
    match = re.search(line, text, re.MULTILINE)
    return int(float(match[1])) if match else 0


def test_alerts_straight_from_prometheus_are_notified_once_and_resolved(world: World) -> None:
    """Promises 2, 14: repeated posts notify once; an alert resolves by an endsAt in the past, or by
    one that passes while Prometheus is dead."""
    world.start_monitoring(with_alertmanager=False)
    world.exporter.trip("BillingDatabaseDown", "BillingConstraintsMissing")
    healed = world.incident("BillingDatabaseDown")
    abandoned = world.incident("BillingConstraintsMissing")
    wait_for("all are notified", lambda: world.summaries(healed).keys() >= FIRST.keys())
    wait_for("all are notified", lambda: world.summaries(abandoned).keys() >= FIRST.keys())
    before = posts(world)
    wait_for("Prometheus repeats itself", lambda: posts(world) >= before + 3)

    world.exporter.heal("BillingDatabaseDown")
    wait_for("its end is notified", lambda: ended(world, healed))
    assert not ended(world, abandoned)

    world.prometheus.kill()
    assert not ended(world, abandoned)
    wait_for("its end is notified although nobody posted it", lambda: ended(world, abandoned))

    for incident in (healed, abandoned):
        summaries = world.summaries(incident)
        firsts = {who: summary[:-1] for who, summary in summaries.items() if who[0] != "slack"}
        firsts |= {who: summary[:-2] for who, summary in summaries.items() if who[0] == "slack"}
        escalated = {who: summary for who, summary in firsts.items() if who in NEXT}
        assert firsts == {**FIRST, **escalated}
        assert escalated in ({}, NEXT), "only if its end took longer than the step's wait"
    assert {one.incident for one in world.received()} == {healed, abandoned}
