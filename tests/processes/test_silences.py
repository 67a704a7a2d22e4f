"""Silences of real processes: kept over kill -9, and no incident at a vendor left open by one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import settled
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert, resolved
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

JSON = {"Content-Type": "application/json"}


def silence(gateway: Gateway, alertname: str) -> str:
    """Silence alerts of a name for an hour; returns the id as soon as it is answered."""
    now = datetime.now(UTC)
    body = {
        "matchers": [{"name": "alertname", "value": alertname, "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "ana",
        "comment": "database maintenance",
    }
    asked = json.dumps(body).encode()
    status, _, said = request(f"{gateway.url}/api/v2/silences", "POST", asked, JSON)
    assert status == 200, said
    return str(json.loads(said)["silenceID"])


def expire(gateway: Gateway, one: str) -> None:
    """End it."""
    assert request(f"{gateway.url}/api/v2/silence/{one}", "DELETE")[0] == 200


def told_of(vendors: Vendors, vendor: str, name: str) -> list[dict[str, Any]]:
    """What a vendor took that speaks of an alert."""
    return [line for line in vendors.accepted(vendor) if name in json.dumps(line["json"])]


def test_a_silence_that_was_answered_outlives_a_kill(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: killed right after the 200, it holds after the start; its end is told (E30)."""
    gateway = make_gateway(GATEWAY_LEASE="600").start()
    one = silence(gateway, "DoubleCharge")
    gateway.kill()
    gateway.start()
    status, found = gateway.get(f"/api/v2/silence/{one}")
    assert (status, found["status"]["state"]) == (200, "active")
    gateway.accept(alert("DoubleCharge"))
    gateway.accept(alert("PaymentFailures"))
    wait_for("the other is told", lambda: told_of(vendors, "pagerduty", "PaymentFailures"))
    wait_for("all of it on record", lambda: settled(gateway))
    assert told_of(vendors, "pagerduty", "DoubleCharge") == []
    _, alerts = gateway.get("/api/v2/alerts?filter=alertname=DoubleCharge")
    assert [found["status"]["silencedBy"] for found in alerts] == [[one]]
    expire(gateway, one)
    wait_for("it is told at the end", lambda: told_of(vendors, "pagerduty", "DoubleCharge"))


def test_what_ends_under_a_silence_is_closed_at_the_vendor(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E4: PagerDuty is sent the resolve on the same dedup_key, silenced or not."""
    gateway = make_gateway().start()
    firing = alert("DoubleCharge")
    gateway.accept(firing)
    wait_for("it is told", lambda: told_of(vendors, "pagerduty", "DoubleCharge"))
    silence(gateway, "DoubleCharge")
    gateway.accept(resolved(firing))
    wait_for("its end is told", lambda: len(vendors.accepted("pagerduty")) > 1)
    events = vendors.accepted("pagerduty")
    actions = [(line["json"]["event_action"], line["json"]["dedup_key"]) for line in events]
    assert [action for action, _ in actions] == ["trigger", "resolve"]
    assert len({key for _, key in actions}) == 1
