"""Idle connections of strangers, which must not block alerts or messages (E54)."""

import resource
import time
from contextlib import ExitStack

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.routes import WEBHOOK
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

STRANGERS = 200


def test_alerts_are_accepted_while_idle_connections_reach_the_limit(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """With three times as many idle connections as allowed, an alert is accepted within 5 s."""
    gateway = make_gateway(WEBHOOK, GATEWAY_MAX_CONNECTIONS="64").start()
    with ExitStack() as strangers:
        for _ in range(STRANGERS):
            strangers.enter_context(gateway.connected())
        began = time.monotonic()
        gateway.accept(alert("DoubleChargeDetected"))
        assert time.monotonic() - began < 5.0
        wait_for("the page leaves", lambda: vendors.received("webhook"))
    assert "limit of 64 connections in total reached" in gateway.log()
    assert "Traceback" not in gateway.log()


def test_the_limit_on_open_files_is_raised_at_the_start(make_gateway: MakeGateway) -> None:
    """The soft limit of a service is usually 1024, and the hard one is far higher."""
    gateway = make_gateway(WEBHOOK).start()
    assert gateway.process is not None
    soft, hard = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)
    assert soft == hard or hard == resource.RLIM_INFINITY
