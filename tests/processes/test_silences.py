"""Silences in real processes: they survive kill -9, and leave no incident open at a vendor."""

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
    """Silence alerts of a name for an hour; return the id as soon as it is answered."""
    now = datetime.now(UTC)
    body = {
        "matchers": [{"name": "alertname", "value": alertname, "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "ana",
        "comment": "database maintenance",
    }
    posted = json.dumps(body).encode()
    status, _, answer = request(f"{gateway.url}/api/v2/silences", "POST", posted, JSON)
    assert status == 200, answer
    return str(json.loads(answer)["silenceID"])


def expire(gateway: Gateway, one: str) -> None:
    """End it."""
    assert request(f"{gateway.url}/api/v2/silence/{one}", "DELETE")[0] == 200


def messages_about(vendors: Vendors, vendor: str, name: str) -> list[dict[str, Any]]:
    """Return a vendor's accepted messages about an alert."""
    return [line for line in vendors.accepted(vendor) if name in json.dumps(line["json"])]


def test_a_saved_silence_survives_a_kill(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 1: killed right after the 200, it is active after the start (E30)."""
    gateway = make_gateway(GATEWAY_LEASE="600").start()
    one = silence(gateway, "DoubleCharge")
    gateway.kill()
    gateway.start()
    status, silence_json = gateway.get(f"/api/v2/silence/{one}")
    assert (status, silence_json["status"]["state"]) == (200, "active")
    gateway.accept(alert("DoubleCharge"))
    gateway.accept(alert("PaymentFailures"))
    wait_for(
        "the other is notified", lambda: messages_about(vendors, "pagerduty", "PaymentFailures")
    )
    wait_for("all is recorded", lambda: settled(gateway))
    assert messages_about(vendors, "pagerduty", "DoubleCharge") == []
    _, alerts = gateway.get("/api/v2/alerts?filter=alertname=DoubleCharge")
    assert [silence_json["status"]["silencedBy"] for silence_json in alerts] == [[one]]
    expire(gateway, one)
    wait_for(
        "it is notified at the end", lambda: messages_about(vendors, "pagerduty", "DoubleCharge")
    )


def test_an_alert_that_resolves_while_silenced_is_resolved_at_the_vendor(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E4: PagerDuty gets the resolve with the same dedup_key, silenced or not."""
    gateway = make_gateway().start()
    firing = alert("DoubleCharge")
    gateway.accept(firing)
    wait_for("it is notified", lambda: messages_about(vendors, "pagerduty", "DoubleCharge"))
    silence(gateway, "DoubleCharge")
    gateway.accept(resolved(firing))
    wait_for("its end is notified", lambda: len(vendors.accepted("pagerduty")) > 1)
    events = vendors.accepted("pagerduty")
    actions = [(line["json"]["event_action"], line["json"]["dedup_key"]) for line in events]
    assert [action for action, _ in actions] == ["trigger", "resolve"]
    assert len({key for _, key in actions}) == 1
