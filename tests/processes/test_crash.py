"""kill -9 at each step between an alert's 200 and its messages: nothing lost, hardly repeated."""

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
"""What one firing of a billing alert is owed: one message at each vendor."""

LONG_LEASE = {"GATEWAY_LEASE": "600"}
"""So long that a test which waits for it fails: the embedded database has one owner at a time."""


def told(vendors: Vendors) -> dict[str, int]:
    """How many messages each vendor took."""
    return dict(Counter(line["vendor"] for line in vendors.accepted()))


def all_told(gateway: Gateway, vendors: Vendors) -> None:
    """Wait until every vendor took a message and all is on record."""
    wait_for("a message at each vendor", lambda: set(told(vendors)) == set(ALL))
    wait_for("all of it on record", lambda: settled(gateway))


def test_before_the_group_wait_ends(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 1, E2: killed right after the 200, before anything was said; said once afterwards."""
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("SlowRenewals"))
    gateway.kill()
    assert told(vendors) == {}
    gateway.start()
    all_told(gateway, vendors)
    assert told(vendors) == ALL
    assert perhaps(gateway) == {}


def test_a_hundred_of_a_hundred(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 1: killed after 100 alerts were answered; each of them is notified once."""
    gateway = make_gateway(**LONG_LEASE).start()
    names = [f"Slow{number}" for number in range(100)]
    for name in names:
        gateway.accept(alert(name, team="nobody"))
    gateway.kill()
    gateway.start()
    wait_for("100 messages", lambda: len(vendors.accepted("webhook")) >= 100)
    wait_for("all of it on record", lambda: settled(gateway))
    groups = [line["json"]["groupLabels"]["alertname"] for line in vendors.accepted("webhook")]
    assert sorted(groups) == sorted(names)


def test_right_after_its_end_was_put_off(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 1: a known alert was answered 200 with a much later end; killed, it still has it."""
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


def test_while_the_vendors_have_the_request(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E2: killed with requests that no vendor took or answered; sent at once after the restart."""
    for vendor in ALL:
        vendors.behave(vendor, {"hang": "before"})
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    for vendor in ALL:
        wait_for(f"{vendor} has the request", lambda v=vendor: vendors.received(v))
    gateway.kill()
    assert told(vendors) == {}
    gateway.start()
    all_told(gateway, vendors)
    assert told(vendors) == ALL
    assert set(perhaps(gateway).values()) == {1}, "nobody could know that it had not arrived"


def test_after_the_vendors_took_it(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 3, E2: taken by the vendor and not recorded by us: one repeat, known and harmless."""
    for vendor in ALL:
        vendors.behave(vendor, {"hang": "after"})
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all took it", lambda: told(vendors) == ALL)
    gateway.kill()
    gateway.start()
    wait_for("all of it on record", lambda: settled(gateway))
    assert told(vendors) == dict.fromkeys(ALL, 2)
    assert perhaps(gateway) == dict.fromkeys(("email", "slack", "pagerduty", "webhook"), 1)
    assert len({line["json"]["dedup_key"] for line in vendors.accepted("pagerduty")}) == 1
    assert len({notice_id(line["json"]) for line in vendors.accepted("postmark")}) == 1


def notice_id(mail: dict[str, Any]) -> str:
    """The number by which a mail that was sent twice can be known."""
    return headers_of(mail)["X-Gateway-Notice"]


def test_after_it_was_recorded(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E2: killed just after the messages were sent and recorded: not one is sent again."""
    gateway = make_gateway(**LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    all_told(gateway, vendors)
    gateway.kill()
    gateway.start()
    gateway.accept(resolved(alert("DoubleCharge")))
    # Slack's message is updated, and a reply makes the sound.
    after = {**dict.fromkeys(ALL, 2), "slack": 3}
    wait_for("the end is told", lambda: sum(told(vendors).values()) >= sum(after.values()))
    wait_for("all of it on record", lambda: settled(gateway))
    assert told(vendors) == after
    events = [line["json"]["event_action"] for line in vendors.accepted("pagerduty")]
    assert events == ["trigger", "resolve"]
    assert perhaps(gateway) == {}


def test_between_two_attempts(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E2: killed while it waited to try again: tried again, delivered once, no doubt recorded."""
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
    assert told(vendors) == {}
    gateway.start()
    all_told(gateway, vendors)
    assert told(vendors) == ALL
    assert perhaps(gateway) == {}
