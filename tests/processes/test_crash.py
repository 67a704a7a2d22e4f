"""kill -9 at each step between an alert's 200 and its messages."""

import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.postmark import headers_of
from tests.processes.conftest import MakeGateway
from tests.processes.database import perhaps, rows, settled
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert, resolved
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

ALL = {"postmark": 1, "slack": 1, "pagerduty": 1, "webhook": 1}
"""The messages of one firing billing alert: one at each vendor."""

LONG_LEASE = {"GATEWAY_LEASE": "600"}
"""So long that a test which waits for it fails: the embedded database has one owner at a time."""


def notified(vendors: Vendors) -> dict[str, int]:
    """Return how many messages each vendor accepted."""
    return dict(Counter(line["vendor"] for line in vendors.accepted()))


def wait_until_all_notified(gateway: Gateway, vendors: Vendors) -> None:
    """Wait until every vendor accepted a message and all is recorded."""
    wait_for("a message at each vendor", lambda: set(notified(vendors)) == set(ALL))
    wait_for("all is recorded", lambda: settled(gateway))


def test_killed_within_the_group_wait_notifies_once(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1, E2: killed right after the 200, it notifies once after the start."""
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("SlowRenewals"))
    gateway.kill()
    assert notified(vendors) == {}
    gateway.start()
    wait_until_all_notified(gateway, vendors)
    assert notified(vendors) == ALL
    assert perhaps(gateway) == {}


def test_killed_after_a_hundred_alerts_notifies_of_each(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: each alert that was answered 200 is notified once."""
    gateway = make_gateway(**LONG_LEASE).start()
    names = [f"Slow{number}" for number in range(100)]
    for name in names:
        gateway.accept(alert(name, team="nobody"))
    gateway.kill()
    gateway.start()
    wait_for("100 messages", lambda: len(vendors.accepted("webhook")) >= 100)
    wait_for("all is recorded", lambda: settled(gateway))
    groups = [line["json"]["groupLabels"]["alertname"] for line in vendors.accepted("webhook")]
    assert sorted(groups) == sorted(names)


def test_killed_after_a_later_end_keeps_the_alert_firing(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: the later end of a known alert that was answered 200 survives."""
    gateway = make_gateway(**LONG_LEASE).start()
    later = time.time() + 86400.0
    for end in (later - 86000.0, later):
        ends_at = datetime.fromtimestamp(end, UTC).isoformat()
        lasting = {**alert("DoubleCharge"), "endsAt": ends_at}
        status, _, body = request(
            f"{gateway.url}/api/v2/alerts",
            "POST",
            json.dumps([lasting]).encode(),
            {"Content-Type": "application/json"},
        )
        assert status == 200, body
    gateway.kill()
    ((stored,),) = rows(gateway, "SELECT ends_at FROM alerts")
    assert abs(stored - later) < 1.0


def test_killed_while_vendors_hang_sends_at_once_after_the_restart(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E2: requests that no vendor accepted or answered are sent at once after the restart."""
    for vendor in ALL:
        vendors.behave(vendor, {"hang": "before"})
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    for vendor in ALL:
        wait_for(f"{vendor} has the request", lambda v=vendor: vendors.received(v))
    gateway.kill()
    assert notified(vendors) == {}
    gateway.start()
    wait_until_all_notified(gateway, vendors)
    assert notified(vendors) == ALL
    assert set(perhaps(gateway).values()) == {1}, "nobody could know that it had not arrived"


def test_killed_after_the_vendors_accepted_repeats_once_harmlessly(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 3, E2: accepted by the vendor and not recorded: one harmless repeat."""
    for vendor in ALL:
        vendors.behave(vendor, {"hang": "after"})
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all took it", lambda: notified(vendors) == ALL)
    gateway.kill()
    gateway.start()
    wait_for("all is recorded", lambda: settled(gateway))
    assert notified(vendors) == dict.fromkeys(ALL, 2)
    assert perhaps(gateway) == dict.fromkeys(("email", "slack", "pagerduty", "webhook"), 1)
    assert len({line["json"]["dedup_key"] for line in vendors.accepted("pagerduty")}) == 1
    assert len({notice_id(line["json"]) for line in vendors.accepted("postmark")}) == 1


def notice_id(mail: dict[str, Any]) -> str:
    """Return the notice id, which is the same in both copies of a mail."""
    return headers_of(mail)["X-Gateway-Notice"]


def test_killed_after_the_record_repeats_nothing(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E2: messages that were sent and recorded are not sent again."""
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    wait_until_all_notified(gateway, vendors)
    gateway.kill()
    gateway.start()
    gateway.accept(resolved(alert("DoubleCharge")))
    # Slack's message is updated, and a reply notifies.
    after = {**dict.fromkeys(ALL, 2), "slack": 3}
    wait_for("the end is notified", lambda: sum(notified(vendors).values()) >= sum(after.values()))
    wait_for("all is recorded", lambda: settled(gateway))
    assert notified(vendors) == after
    events = [line["json"]["event_action"] for line in vendors.accepted("pagerduty")]
    assert events == ["trigger", "resolve"]
    assert perhaps(gateway) == {}


def test_killed_between_two_attempts_delivers_once(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E2: a waiting retry happens after the restart, delivers once, and is not uncertain."""
    for vendor in ALL:
        vendors.behave(vendor, status=503, body="busy", content_type="text/plain")
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    wait_for(
        "a failed attempt of each on record",
        lambda: len(rows(gateway, "SELECT DISTINCT notice FROM attempts")) == len(ALL),
    )
    gateway.kill()
    for vendor in ALL:
        vendors.recover(vendor)
    assert notified(vendors) == {}
    gateway.start()
    wait_until_all_notified(gateway, vendors)
    assert notified(vendors) == ALL
    assert perhaps(gateway) == {}
