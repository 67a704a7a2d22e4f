"""SIGTERM: messages in flight finish or are released; nothing waits for a lease."""

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


def notified(vendors: Vendors) -> list[str]:
    """Return the alerts that the webhook accepted, in order."""
    return [line["json"]["groupLabels"]["alertname"] for line in vendors.accepted("webhook")]


def test_an_idle_gateway_stops_at_once(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """The exit status is 0."""
    gateway = make_gateway(WEBHOOK).start()
    assert gateway.stop() == 0
    assert "Traceback" not in gateway.log()


def test_messages_in_flight_finish(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E2: a stop waits for the vendor's answer and records it, so nothing is sent again."""
    vendors.behave("webhook", {"delay": 1.5})
    gateway = make_gateway(WEBHOOK, **LONG_LEASE).start()
    gateway.accept(alert("slow"))
    wait_for("the vendor has it", lambda: vendors.received("webhook"))
    assert gateway.stop() == 0
    assert rows(gateway, "SELECT state FROM notices") == [("sent",)]
    gateway.start()
    gateway.accept(alert("next"))
    wait_for("the next is notified", lambda: "next" in notified(vendors))
    assert notified(vendors) == ["slow", "next"]


def test_claims_that_have_not_begun_are_released(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 13: notices that waited are sent at once after the start, once."""
    vendors.behave("webhook", status=503, body="busy", content_type="text/plain")
    vendors.behave("webhook", *[{"hang": "before"}] * 16)
    names = [f"storm-{number}" for number in range(100)]
    gateway = make_gateway(WEBHOOK, GATEWAY_STOP_PATIENCE="1", **LONG_LEASE).start()
    gateway.accept(*(alert(name) for name in names))
    wait_for("16 are in flight", lambda: len(vendors.received("webhook")) >= 16)
    assert gateway.stop() == 0
    vendors.recover("webhook")
    gateway.start()
    wait_for("all are notified", lambda: set(notified(vendors)) == set(names))
    wait_for("all is recorded", lambda: settled(gateway))
    assert Counter(notified(vendors)) == Counter(names)
    assert perhaps(gateway) == {"webhook": 16}


def test_a_stop_records_an_unanswered_attempt_as_uncertain(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 3: a vendor that accepts without an answer gets one repeat after the start."""
    for vendor in ("postmark", "slack", "pagerduty", "webhook"):
        vendors.behave(vendor, {"hang": "after"})
    gateway = make_gateway(SEVERAL, GATEWAY_STOP_PATIENCE="1", **LONG_LEASE).start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all took it", lambda: len(vendors.accepted()) == 4)
    assert gateway.stop() == 0
    assert perhaps(gateway) == dict.fromkeys(("email", "slack", "pagerduty", "webhook"), 1)
    gateway.start()
    wait_for("all is recorded", lambda: settled(gateway))
    assert len(vendors.accepted()) == 8


def test_a_stop_does_not_wait_for_an_unfinished_request(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Neither an unfinished body nor an idle connection delays it."""
    gateway = make_gateway(WEBHOOK).start()
    with gateway.connected() as idle, gateway.connected() as half:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        assert idle.recv(100)
        half.sendall(
            b"POST /webhook/alertmanager HTTP/1.1\r\nHost: gateway\r\n"
            b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
        assert gateway.stop() == 0


def test_requests_in_progress_are_answered_during_a_stop(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: an alert that is answered 200 during a stop is stored."""
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
    wait_for("all are notified", lambda: {"first", *accepted} <= set(notified(vendors)))
