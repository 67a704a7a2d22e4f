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


def notified(vendors: Vendors) -> Counter[str]:
    """Return how many messages each vendor accepted."""
    return Counter(line["vendor"] for line in vendors.accepted())


def recipients(vendors: Vendors) -> list[str]:
    """Who got mail, in order."""
    return [line["json"]["To"] for line in vendors.accepted("postmark")]


def outcomes(gateway: Gateway, channel: str) -> list[str]:
    """How attempts of that channel ended, in order."""
    outcomes: list[Any] = rows(
        gateway,
        "SELECT attempts.outcome FROM attempts JOIN notices ON notices.id = attempts.notice"
        f" WHERE channel = '{channel}' ORDER BY attempts.id",
    )
    return [outcome for (outcome,) in outcomes]


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
    wait_for("the others have theirs", lambda: well <= set(notified(vendors)))
    channel = "email" if ill == "postmark" else ill
    wait_for("the failure is on record", lambda: outcome in outcomes(gateway, channel))
    vendors.recover(ill)
    wait_for("all is recorded", lambda: settled(gateway))
    # A dripping vendor took it each time: only our not knowing makes repeats.
    assert notified(vendors)[ill] >= 1
    assert all(notified(vendors)[name] == 1 for name in well)


def test_slack_wants_a_rest(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E11: 429 with Retry-After is waited for, the message comes once, and nobody else waits."""
    vendors.behave("slack", {"status": 429, "headers": {"Retry-After": "1"}, "accept": False})
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the others have theirs", lambda: set(notified(vendors)) >= OTHERS)
    wait_for("Slack has it", lambda: notified(vendors)["slack"] == 1)
    wait_for("all is recorded", lambda: settled(gateway))
    assert outcomes(gateway, "slack") == ["rate limited", "accepted"]


def test_an_absurd_rest_holds_no_later_page(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E49: PagerDuty asks for thirty years: the next critical incident reaches the fallback."""
    vendors.behave("pagerduty", status=429, headers={"Retry-After": "999999999"}, accept=False)
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the fallback has the first", lambda: recipients(vendors).count("admin@example.com"))
    gateway.accept(alert("LedgerDown"))
    wait_for(
        "the fallback has the second",
        lambda: recipients(vendors).count("admin@example.com") == 2,
    )
    gateway.kill()
    gateway.start()
    gateway.accept(alert("InvoicesLost"))
    wait_for(
        "the fallback has the third, after a restart",
        lambda: recipients(vendors).count("admin@example.com") == 3,
    )
    assert outcomes(gateway, "pagerduty") == ["rate limited"]


def wrong_channels(gateway: Gateway) -> list[str]:
    """The channels that /readyz complains of; alerts are taken all the same."""
    status, output_text = gateway.get("/readyz")
    assert status == 200, output_text
    return [problem for problem in output_text["problems"] if problem.startswith("channel ")]


def test_nobody_listens(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 13: a vendor's address is dead: /readyz names it, and is content when it is back."""
    gateway = make_gateway(GATEWAY_STUCK_AFTER="1")
    alive = vendors.urls["slack"]
    gateway.write_routes(gateway.config.read_text().replace(alive, "http://127.0.0.1:1"))
    gateway.start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the others have theirs", lambda: set(notified(vendors)) >= OTHERS)
    (problem,) = wait_for("/readyz names it", lambda: wrong_channels(gateway))
    assert "slack" in problem
    assert "connection" in problem
    gateway.write_routes(gateway.config.read_text().replace("http://127.0.0.1:1", alive))
    assert gateway.reload()[0] == 200
    wait_for("Slack has it", lambda: notified(vendors)["slack"] == 1)
    wait_for("/readyz has no problems", lambda: not wrong_channels(gateway))
    assert "failed" in {kind for (kind,) in rows(gateway, "SELECT kind FROM timeline")}


def test_a_token_is_refused(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """Promise 13: what only an admin can mend falls back at once, and is tried after a reload."""
    vendors.behave("slack", status=200, json={"ok": False, "error": "invalid_auth"}, accept=False)
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("the fallback is notified", lambda: "admin@example.com" in recipients(vendors))
    assert outcomes(gateway, "slack") == ["misconfigured"]
    vendors.recover("slack")
    assert gateway.reload()[0] == 200
    wait_for("Slack has it", lambda: notified(vendors)["slack"] == 1)
    wait_for("all is recorded", lambda: settled(gateway))
    assert "fell back" in {kind for (kind,) in rows(gateway, "SELECT kind FROM timeline")}
    assert sorted(recipients(vendors)) == ["admin@example.com", "billing-oncall@example.com"]


def test_an_unknown_message_stream_is_mended(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E50: Postmark's error 1235 kills neither the page nor its fallback: both arrive once the
    account is mended and the file reloaded."""
    text = "The 'MessageStream' provided does not exist on this server."
    vendors.behave("postmark", status=422, json={"ErrorCode": 1235, "Message": text}, accept=False)
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("both are refused", lambda: outcomes(gateway, "email") == ["misconfigured"] * 2)
    vendors.recover("postmark")
    assert gateway.reload()[0] == 200
    both = ["admin@example.com", "billing-oncall@example.com"]
    wait_for("both have it", lambda: sorted(recipients(vendors)) == both)


def test_pagerduty_refuses_the_links(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E50: a refused event arrives without links and details."""
    faults = {"status": "invalid event", "errors": ["'links[0].href' is invalid"]}
    vendors.behave("pagerduty", {"status": 400, "json": faults, "accept": False})
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("PagerDuty has it", lambda: notified(vendors)["pagerduty"] == 1)
    (event,) = [line["json"] for line in vendors.accepted("pagerduty")]
    assert "links" not in event
    assert set(event["payload"]) == {"summary", "source", "severity"}
