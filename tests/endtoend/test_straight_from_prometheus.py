"""Prometheus with the gateway in Alertmanager's place."""

import re

import pytest

from tests.endtoend.world import SECRETS, World
from tests.processes.harness import request, wait_for

pytestmark = [pytest.mark.process, pytest.mark.peer]

PLATFORM_KEY = SECRETS["PAGERDUTY_PLATFORM_KEY"]
TOLD = {
    ("postmark", "platform-oncall@example.com"): ("mail critical",),
    ("postmark", "cho@example.com"): ("mail critical",),
    ("slack", "#platform-alerts"): ("post critical",),
    ("slack", "U012CHO"): ("post critical",),
    ("pagerduty", PLATFORM_KEY): ("trigger",),
}
NEXT = {("postmark", "admin@example.com"): ("mail critical, nobody answered",)}
ENDS = {
    "postmark": ("mail resolved",),
    "slack": ("update resolved", "reply resolved"),
    "pagerduty": ("resolve",),
}


def ended(world: World, incident: int) -> bool:
    """Whether all who were told of the incident were told of its end."""
    told = world.told(incident)
    return all(said[-len(ENDS[vendor]) :] == ENDS[vendor] for (vendor, _), said in told.items())


def posts(world: World) -> int:
    """How many posts of Prometheus the gateway has answered 200."""
    text = request(f"{world.gateway.url}/metrics")[2].decode()
    line = r'^gateway_ingest_requests_total\{(?=.*source="prometheus")(?=.*status="200").*\} (\S+)$'
    found = re.search(line, text, re.MULTILINE)
    return int(float(found[1])) if found else 0


def test_prometheus_posts_to_the_gateway(world: World) -> None:
    """Promises 2, 14: what Prometheus fires is told once, however often it is posted; an end comes
    by an endsAt in the past, or by one that passes while Prometheus is dead."""
    world.start_monitoring(with_alertmanager=False)
    world.exporter.trip("BillingDatabaseDown", "BillingConstraintsMissing")
    healed = world.incident("BillingDatabaseDown")
    abandoned = world.incident("BillingConstraintsMissing")
    wait_for("all hear", lambda: world.told(healed).keys() >= TOLD.keys())
    wait_for("all hear", lambda: world.told(abandoned).keys() >= TOLD.keys())
    before = posts(world)
    wait_for("Prometheus repeats itself", lambda: posts(world) >= before + 3)

    world.exporter.heal("BillingDatabaseDown")
    wait_for("its end is told", lambda: ended(world, healed))
    assert not ended(world, abandoned)

    world.prometheus.kill()
    assert not ended(world, abandoned)
    wait_for("its end is told though nobody posted it", lambda: ended(world, abandoned))

    for incident in (healed, abandoned):
        told = world.told(incident)
        firsts = {who: said[:-1] for who, said in told.items() if who[0] != "slack"}
        firsts |= {who: said[:-2] for who, said in told.items() if who[0] == "slack"}
        escalated = {who: said for who, said in firsts.items() if who in NEXT}
        assert firsts == {**TOLD, **escalated}
        assert escalated in ({}, NEXT), "only if its end took longer than the step's wait"
    assert {one.incident for one in world.heard()} == {healed, abandoned}
