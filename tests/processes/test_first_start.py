"""The first start on a fresh machine: few words, and all of them ours."""

import json

from tests.processes.conftest import MakeGateway
from tests.processes.routes import WEBHOOK


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
