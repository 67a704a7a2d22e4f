"""Vendors that are dead, hang, drip or want a rest: the others get theirs, and later they do."""

from collections import Counter
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import rows, settled
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

OTHERS = {"postmark", "pagerduty", "webhook"}


def told(vendors: Vendors) -> Counter[str]:
    """How many messages each vendor took."""
    return Counter(line["vendor"] for line in vendors.accepted())


def recipients(vendors: Vendors) -> list[str]:
    """Who got mail, in order."""
    return [line["json"]["To"] for line in vendors.accepted("postmark")]


def outcomes(gateway: Gateway, channel: str) -> list[str]:
    """How attempts of that channel ended, in order."""
    found: list[Any] = rows(
        gateway,
        "SELECT attempts.outcome FROM attempts JOIN notices ON notices.id = attempts.notice"
        f" WHERE channel = '{channel}' ORDER BY attempts.id",
    )
    return [outcome for (outcome,) in found]


@pytest.mark.parametrize(
    ("ill", "misbehaviour", "outcome"),
    [
        ("slack", {"hang": "before"}, "timeout"),
        ("postmark", {"drip": True}, "timeout"),
        ("pagerduty", {"drop": "before"}, "connection"),
        ("webhook", {"status": 503, "body": "busy", "content_type": "text/plain"}, "server error"),
    ],
)
def test_the_others_get_theirs(
    make_gateway: MakeGateway,
    vendors: Vendors,
    ill: str,
    misbehaviour: dict[str, Any],
    outcome: str,
) -> None:
    """Promise 13: one vendor fails in its way; the others are served meanwhile, it afterwards."""
    vendors.behave(ill, **misbehaviour)
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    well = {"slack", "postmark", "pagerduty", "webhook"} - {ill}
    wait_for("the others have theirs", lambda: well <= set(told(vendors)))
    channel = "email" if ill == "postmark" else ill
    wait_for("the failure is on record", lambda: outcome in outcomes(gateway, channel))
    vendors.recover(ill)
    wait_for("all of it on record", lambda: settled(gateway))
    # A dripping vendor took it each time: only our not knowing makes repeats.
    assert told(vendors)[ill] >= 1
    assert all(told(vendors)[name] == 1 for name in well)


def test_slack_wants_a_rest(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E11: 429 with Retry-After is waited for, the message comes once, and nobody else waits."""
    vendors.behave("slack", {"status": 429, "headers": {"Retry-After": "1"}, "accept": False})
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the others have theirs", lambda: set(told(vendors)) >= OTHERS)
    wait_for("Slack has it", lambda: told(vendors)["slack"] == 1)
    wait_for("all of it on record", lambda: settled(gateway))
    assert outcomes(gateway, "slack") == ["rate limited", "accepted"]


def wrong_channels(gateway: Gateway) -> list[str]:
    """The channels that /readyz complains of; alerts are taken all the same."""
    status, said = gateway.get("/readyz")
    assert status == 200, said
    return [problem for problem in said["problems"] if problem.startswith("channel ")]


def test_nobody_listens(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 13: a vendor's address is dead: /readyz names it, and is content when it is back."""
    gateway = make_gateway(GATEWAY_STUCK_AFTER="1")
    alive = vendors.urls["slack"]
    gateway.write_routes(gateway.config.read_text().replace(alive, "http://127.0.0.1:1"))
    gateway.start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the others have theirs", lambda: set(told(vendors)) >= OTHERS)
    (problem,) = wait_for("/readyz names it", lambda: wrong_channels(gateway))
    assert "slack" in problem
    assert "connection" in problem
    gateway.write_routes(gateway.config.read_text().replace("http://127.0.0.1:1", alive))
    assert gateway.reload()[0] == 200
    wait_for("Slack has it", lambda: told(vendors)["slack"] == 1)
    wait_for("/readyz is content", lambda: not wrong_channels(gateway))
    assert "failed" in {kind for (kind,) in rows(gateway, "SELECT kind FROM timeline")}


def test_a_token_is_refused(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 13: what only an admin can mend falls back at once, and is tried after a reload."""
    vendors.behave("slack", status=200, json={"ok": False, "error": "invalid_auth"}, accept=False)
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the fallback hears", lambda: "admin@example.com" in recipients(vendors))
    assert outcomes(gateway, "slack") == ["misconfigured"]
    vendors.recover("slack")
    assert gateway.reload()[0] == 200
    wait_for("Slack has it", lambda: told(vendors)["slack"] == 1)
    wait_for("all of it on record", lambda: settled(gateway))
    assert "fell back" in {kind for (kind,) in rows(gateway, "SELECT kind FROM timeline")}
    assert sorted(recipients(vendors)) == ["admin@example.com", "billing-oncall@example.com"]
