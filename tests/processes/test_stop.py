"""SIGTERM: what is in flight ends or is handed back; nothing is lost, nobody waits for a lease."""

import signal
from collections import Counter

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import perhaps, rows, settled
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.routes import SEVERAL, WEBHOOK
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

LONG_LEASE = {"GATEWAY_LEASE": "600"}
"""So long that a test which waits for it fails."""


def told(vendors: Vendors) -> list[str]:
    """The alerts that the webhook took, in order."""
    return [line["json"]["groupLabels"]["alertname"] for line in vendors.accepted("webhook")]


def test_nothing_to_do(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """An idle gateway stops at once, with exit status 0."""
    gateway = make_gateway(WEBHOOK).start()
    assert gateway.stop() == 0
    assert "Traceback" not in gateway.log()


def test_what_is_in_flight_ends(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E2: a stop waits for the vendor's answer, and records it: not sent again after the start."""
    vendors.behave("webhook", {"delay": 1.5})
    gateway = make_gateway(WEBHOOK, **LONG_LEASE).start()
    gateway.accept(alert("slow"))
    wait_for("the vendor has it", lambda: vendors.received("webhook"))
    assert gateway.stop() == 0
    assert rows(gateway, "SELECT state FROM notices") == [("sent",)]
    gateway.start()
    gateway.accept(alert("next"))
    wait_for("the next is told", lambda: "next" in told(vendors))
    assert told(vendors) == ["slow", "next"]


def test_what_is_not_begun_is_handed_back(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 13: what waited behind busy connections is sent at once after the start, once."""
    vendors.behave("webhook", status=503, body="busy", content_type="text/plain")
    vendors.behave("webhook", *[{"hang": "before"}] * 16)
    names = [f"storm-{number}" for number in range(100)]
    gateway = make_gateway(WEBHOOK, GATEWAY_STOP_PATIENCE="1", **LONG_LEASE).start()
    gateway.accept(*(alert(name) for name in names))
    wait_for("16 are in flight", lambda: len(vendors.received("webhook")) >= 16)
    assert gateway.stop() == 0
    vendors.recover("webhook")
    gateway.start()
    wait_for("all is told", lambda: set(told(vendors)) == set(names))
    wait_for("all of it on record", lambda: settled(gateway))
    assert Counter(told(vendors)) == Counter(names)
    assert perhaps(gateway) == {"webhook": 16}


def test_a_vendor_that_took_it_and_says_nothing(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 3: a stop that could not wait longer records the doubt, and repeats soon, once."""
    for vendor in ("postmark", "slack", "pagerduty", "webhook"):
        vendors.behave(vendor, {"hang": "after"})
    gateway = make_gateway(SEVERAL, GATEWAY_STOP_PATIENCE="1", **LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all took it", lambda: len(vendors.accepted()) == 4)
    assert gateway.stop() == 0
    assert perhaps(gateway) == dict.fromkeys(("email", "slack", "pagerduty", "webhook"), 1)
    gateway.start()
    wait_for("all of it on record", lambda: settled(gateway))
    assert len(vendors.accepted()) == 8


def test_a_client_that_never_ends_its_request(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """A stop does not wait for ever for the rest of a body, nor for an idle connection."""
    gateway = make_gateway(WEBHOOK).start()
    with gateway.connected() as idle, gateway.connected() as half:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        assert idle.recv(100)
        half.sendall(
            b"POST /webhook/alertmanager HTTP/1.1\r\nHost: gateway\r\n"
            b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
        assert gateway.stop() == 0


def test_requests_under_way_are_answered(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 1: during a stop a client is answered 200 and it is kept, or is not answered 200."""
    gateway = make_gateway(WEBHOOK).start()
    accepted = []
    gateway.accept(alert("first"))
    assert gateway.process is not None
    gateway.process.send(signal.SIGTERM)
    for number in range(1000):
        try:
            status, _, _ = gateway.post(alert(f"during-{number}"))
        except OSError:
            break
        if status == 200:
            accepted.append(f"during-{number}")
    assert gateway.process.ended() == 0
    gateway.start()
    wait_for("all is told", lambda: {"first", *accepted} <= set(told(vendors)))
