"""The first start on a fresh machine: few words, and all of them ours."""

import json

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.harness import request
from tests.processes.payloads import alert
from tests.processes.routes import WEBHOOK

pytestmark = pytest.mark.process


def test_a_first_start_says_one_line_of_its_new_database(make_gateway: MakeGateway) -> None:
    """Not each step of the tool that makes it; a second start says nothing of it."""
    gateway = make_gateway(WEBHOOK).start()
    lines = [json.loads(line) for line in gateway.log().splitlines() if line.startswith("{")]
    assert {line["logger"].split(".")[0] for line in lines} == {"gateway"}
    told = [line["message"] for line in lines if "database" in line["message"]]
    assert len(told) == 1
    assert told[0].startswith("database made at version 0")
    assert gateway.stop() == 0
    seen = len(gateway.log())
    gateway.start()
    assert "database made" not in gateway.log()[seen:]


def test_a_start_beyond_loopback_without_a_token_says_what_that_means(
    make_gateway: MakeGateway,
) -> None:
    """One line at the start, and the gateway does what it says: 403 for reads and for changes."""
    gateway = make_gateway(WEBHOOK, GATEWAY_LISTEN="0.0.0.0:0").start()
    (said,) = [line for line in gateway.log().splitlines() if "GATEWAY_API_TOKEN" in line]
    assert said.startswith("warning: GATEWAY_LISTEN is beyond loopback (0.0.0.0)")
    port = gateway.url.rpartition(":")[2]
    gateway.url = f"http://127.0.0.1:{port}"
    assert gateway.get("/api/v1/incidents")[0] == 403
    assert request(f"{gateway.url}/-/reload", "POST", b"", {})[0] == 403
    gateway.accept(alert("DoubleChargeDetected"))
