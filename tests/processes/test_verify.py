"""`gateway verify` against a gateway that was killed in the middle of its work."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.flow.verify.histories import damage
from tests.processes.conftest import MakeGateway
from tests.processes.database import rows, settled
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert, resolved
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

COMMAND = str(Path(sys.executable).parent / "gateway")


def verify(gateway: Gateway, *arguments: str) -> tuple[int, Any]:
    """Return the exit status and the JSON of the installed command."""
    done = subprocess.run(
        [COMMAND, "verify", "--json", "--url", gateway.url, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_nothing_is_missing_after_kills_in_the_middle(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Killed with messages waiting, in flight and half of the alerts ended: 0 missing."""
    gateway = make_gateway().start()
    names = [f"Slow{number}" for number in range(20)]
    for name in names[:10]:
        gateway.accept(alert(name))
    gateway.kill()
    gateway.start()
    for name in names[10:]:
        gateway.accept(alert(name, severity="critical"))
    wait_for("some messages", lambda: len(vendors.accepted()) >= 10)
    gateway.kill()
    gateway.start()
    ends_at = datetime.now(UTC).isoformat()
    for name in names[:15]:
        gateway.accept({**resolved(alert(name)), "endsAt": ends_at})
    gateway.kill()
    gateway.start()
    wait_for("all is recorded", lambda: settled(gateway))
    ended = "SELECT count(*) FROM incidents WHERE state = 'resolved'"
    wait_for("the ends are decided", lambda: rows(gateway, ended)[0][0] >= 10)
    wait_for("all is recorded", lambda: settled(gateway))
    status, result = verify(gateway, "--last", "1h")
    assert (status, result["broken"], result["missing"]) == (0, [], 0)
    assert result["checked"]["alerts"] == len(names)
    assert result["checked"]["incidents"] >= len(names)


def test_lost_message_is_missing(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """The command exits with 1 and names the incident whose message was deleted."""
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge", severity="critical"))
    wait_for("messages", lambda: bool(vendors.accepted("slack")))
    wait_for("all is recorded", lambda: settled(gateway))
    gateway.stop()
    damage(gateway.home / "gateway.db", "DELETE FROM notices WHERE channel = 'slack'")
    gateway.start()
    status, result = verify(gateway)
    assert status == 1
    assert [(one["check"], one["incident"]) for one in result["broken"]] == [("message lost", 1001)]
