"""The first start on a fresh machine: a short log, without lines of libraries."""

import json

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.harness import request
from tests.processes.payloads import alert
from tests.processes.routes import WEBHOOK

pytestmark = pytest.mark.process


def test_a_first_start_logs_one_line_about_its_database(make_gateway: MakeGateway) -> None:
    """The steps of the migration tool are not logged; a second start logs nothing of it."""
    gateway = make_gateway(WEBHOOK, installed=True).start()
    lines = [json.loads(line) for line in gateway.log().splitlines() if line.startswith("{")]
    assert {line["logger"].split(".")[0] for line in lines} == {"gateway"}
    notified = [line["message"] for line in lines if "database" in line["message"]]
    assert len(notified) == 1
    assert notified[0].startswith("database created at version 0")
    assert gateway.stop() == 0
    seen = len(gateway.log())
    gateway.start()
    assert "database created" not in gateway.log()[seen:]


def test_a_start_beyond_loopback_without_a_token_warns_and_refuses(
    make_gateway: MakeGateway,
) -> None:
    """One line at the start says so, and reads and changes are answered 403."""
    gateway = make_gateway(WEBHOOK, GATEWAY_LISTEN="0.0.0.0:0").start()
    (output_text,) = [line for line in gateway.log().splitlines() if "GATEWAY_API_TOKEN" in line]
    assert output_text.startswith("warning: GATEWAY_LISTEN is beyond loopback (0.0.0.0)")
    port = gateway.url.rpartition(":")[2]
    gateway.url = f"http://127.0.0.1:{port}"
    assert gateway.get("/api/v1/incidents")[0] == 403
    assert request(f"{gateway.url}/-/reload", "POST", b"", {})[0] == 403
    gateway.accept(alert("DoubleChargeDetected"))
