"""Pings in real processes: stored before the answer, by any replica, and their alerts sent once."""

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.routes import SEVERAL
from tests.processes.test_silences import messages_about
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

JOBS = """
heartbeats:
  backup: {period: 1h, grace: 0s, labels: {team: billing, severity: critical}}
"""


def heartbeat(gateway: Gateway, name: str) -> dict[str, object]:
    """Return a heartbeat of the API."""
    _, answer = gateway.get("/api/v1/heartbeats")
    return next(one for one in answer["heartbeats"] if one["name"] == name)


def ping(gateway: Gateway, name: str, end: str = "") -> None:
    """Ping one replica as the job does."""
    path = str(heartbeat(gateway, name)["url"]).removeprefix("http://gateway.example.com")
    status, _, body = request(f"{gateway.url}{path}{end}", "POST", b"no space left", {})
    assert (status, body) == (200, b"OK")


def test_answered_ping_survives_a_kill(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 1, for jobs: killed right after the 200, a failure is known after the start."""
    gateway = make_gateway(SEVERAL + JOBS).start()
    ping(gateway, "backup", "/3")
    gateway.kill()
    gateway.start()
    one = heartbeat(gateway, "backup")
    assert (one["status"], one["exit_status"], one["problems"]) == ("down", 3, ["failed"])
    wait_for("it is notified", lambda: messages_about(vendors, "pagerduty", "HeartbeatFailed"))
    (message,) = messages_about(vendors, "pagerduty", "HeartbeatFailed")
    assert "no space left" in str(message["json"])


@pytest.mark.postgres
def test_replicas_share_pings_and_report_a_problem_once(
    make_gateway: MakeGateway, vendors: Vendors, migrated_postgres_url: str
) -> None:
    """A ping to one is known to the other, and one of them notifies."""
    one = make_gateway(SEVERAL + JOBS, database=migrated_postgres_url, name="one").start()
    two = make_gateway(SEVERAL + JOBS, database=migrated_postgres_url, name="two").start()
    ping(one, "backup")
    assert heartbeat(two, "backup")["status"] == "up"
    ping(two, "backup", "/fail")
    assert heartbeat(one, "backup")["status"] == "down"
    wait_for("it is notified", lambda: messages_about(vendors, "pagerduty", "HeartbeatFailed"))
    ping(one, "backup", "/0")
    wait_for("its end too", lambda: len(vendors.accepted("pagerduty")) > 1)
    actions = [message["json"]["event_action"] for message in vendors.accepted("pagerduty")]
    assert actions == ["trigger", "resolve"]
