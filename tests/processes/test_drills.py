"""Drills of a served gateway: over its own endpoint, to vendors that accept, lose and refuse."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.routes import SEVERAL
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

COMMAND = str(Path(sys.executable).parent / "gateway")
DRILLS = """
sources:
  drills: {type: prometheus, bearer: test-drill-token, allow_test: true}
drills:
  everything: {receiver: billing, source: drills, cron: "0 10 * * mon", within: WITHIN}
"""


def routes(within: str = "30s") -> str:
    return SEVERAL + DRILLS.replace("WITHIN", within)


def drill(gateway: Gateway, *arguments: str) -> tuple[int, Any]:
    """Return the exit status and the JSON of the installed command."""
    done = subprocess.run(
        [COMMAND, "drill", "run", "everything", "--as", "ana", "--json", "--url", gateway.url,
         *arguments],
        capture_output=True,
        check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_drill_reaches_four_vendors(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Through the endpoint with its token to four vendors, marked in each; then it ends."""
    gateway = make_gateway(routes(), GATEWAY_ROUTE_PREFIX="/alerts").start()
    status, run = drill(gateway)
    assert (status, run["state"]) == (0, "arrived")
    assert len(run["messages"]) == 4
    assert all(one["arrived_at"] for one in run["messages"])
    wait_for("ends", lambda: len(vendors.accepted("postmark")) >= 2, 30.0)
    for vendor in ("postmark", "slack", "pagerduty"):
        assert "TEST" in json.dumps(vendors.accepted(vendor)[0]), vendor


def test_vendor_that_refuses_or_hangs_fails_the_drill(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Each message that did not arrive is named; those that did are listed as well."""
    vendors.behave("slack", status=503)
    vendors.behave("postmark", hang="before")
    gateway = make_gateway(routes("3s")).start()
    status, run = drill(gateway)
    assert (status, run["state"]) == (1, "failed")
    assert "Slack #billing-alerts did not arrive within 3s" in run["text"]
    assert "e-mail billing-oncall@example.com did not arrive within 3s" in run["text"]
    arrived = {one["name"] for one in run["messages"] if one["arrived_at"]}
    assert {"PagerDuty (billing)"} <= arrived


def test_drill_goes_on_after_kill_9(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """A gateway that is killed in the middle of a drill finishes it after its start, once."""
    vendors.behave("slack", status=503)
    gateway = make_gateway(routes()).start()
    _, begun = drill(gateway, "--no-wait")
    assert begun["state"] == "running"
    gateway.kill()
    vendors.recover("slack")
    gateway.start()

    def last() -> Any:
        answer = subprocess.run(
            [COMMAND, "drill", "list", "--json", "--url", gateway.url],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        (only,) = json.loads(answer.stdout)["drills"][0]["runs"]
        return only if only["state"] != "running" else None

    run = wait_for("the drill ends", last, 60.0)
    assert (run["id"], run["state"]) == (begun["id"], "arrived")
    firing = [one for one in vendors.accepted("webhook") if "firing" in json.dumps(one)]
    assert len(firing) == 1
