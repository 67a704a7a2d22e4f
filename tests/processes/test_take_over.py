"""Take-overs with real commands: one wins, and each vendor gets one message."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import rows, settled
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

COMMAND = str(Path(sys.executable).parent / "gateway")


def run(gateway: Gateway, *words: str) -> tuple[int, str]:
    """Run a command against the gateway; return its exit status and its output."""
    done = subprocess.run(
        [COMMAND, *words, "--url", gateway.url],
        cwd=gateway.home,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_two_take_overs_at_once_have_one_winner(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E20: of two commands that take over from the same person one wins, and survives kill -9."""
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all vendors have theirs", lambda: len(vendors.accepted()) >= 4)
    wait_for("all is recorded", lambda: settled(gateway))
    assert run(gateway, "ack", "1001", "--as", "ana")[0] == 0
    status, text = run(gateway, "ack", "1001", "--as", "ben")
    assert status == 1
    assert "gateway take 1001 --as ben --from ana" in text
    wait_for("all is recorded", lambda: settled(gateway))

    def take(person: str) -> tuple[int, str]:
        return run(gateway, "take", "1001", "--as", person, "--from", "ana")

    with ThreadPoolExecutor(2) as both:
        results = dict(zip(("ben", "cho"), both.map(take, ("ben", "cho")), strict=True))
    winner, loser = sorted(results, key=lambda person: results[person][0])
    assert [results[one][0] for one in (winner, loser)] == [0, 1], results
    assert f"incident #1001 is acknowledged by {winner}" in results[loser][1]
    wait_for("all is recorded", lambda: settled(gateway))
    notified = rows(
        gateway,
        "SELECT channel, COUNT(*) FROM notices WHERE reason = 'taken over' AND state = 'sent'"
        " GROUP BY channel ORDER BY channel",
    )
    assert notified == [("email", 2), ("pagerduty", 1), ("slack", 1)]
    gateway.kill()
    gateway.start()
    _, incident = gateway.get("/api/v1/incidents/1001")
    assert incident["acknowledged"]["by"]["id"] == winner
    assert run(gateway, "unack", "1001", "--as", winner, "--back")[0] == 0
    _, incident = gateway.get("/api/v1/incidents/1001")
    assert incident["acknowledged"]["by"]["id"] == "ana"
