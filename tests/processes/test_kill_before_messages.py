"""kill -9 right after something is stored: it is in force at the next start, and is notified.

Vendors are down until then, so nothing can have been sent before the kill.
"""

import json
import time

import pytest

from tests.fakes.postmark_webhooks import AUTH, bounce
from tests.processes.conftest import MakeGateway
from tests.processes.database import settled
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert
from tests.processes.routes import SEVERAL
from tests.processes.test_rota_changes import call, mails, on_call
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

ADMIN = "admin@example.com"
DOWN = {"status": 503, "body": "down"}
PEOPLE = """people:
  ana:
    name: Ana
    email: ana@example.com
    slack: U012ANA
    notify: {urgent: [{by: email}, {by: slack, after: 1h}], other: [{by: email}]}
  ben: {name: Ben, email: ben@example.com}
rotas:
  billing:
    layers: [{members: [ana, ben], rotate: monthly, start: 2026-01-01}]
escalations:
  billing: [{notify: ["person:ana"], wait: 1h}]
"""
ROUTES = (
    SEVERAL.replace("people:\n  ana: {name: Ana, email: ana@example.com}\n", PEOPLE)
    .replace(
        'token: "${POSTMARK_TOKEN}",',
        'token: "${POSTMARK_TOKEN}",\n'
        "          callbacks: {basic: {username: postmark, password: test-callback-password}},",
    )
    .replace('    slack: [{channel: "#billing-alerts"}]\n', "")
    .replace("    fallback: everyone\n", "    escalate: billing\n    fallback: everyone\n")
)
"""Ana is mailed at once, and gets a message in Slack an hour later or when her mail comes back."""


def post_bounce(gateway: Gateway, address: str) -> None:
    """Let Postmark post that a mail came back; it must be recorded."""
    headers = {"Content-Type": "application/json", "Authorization": AUTH}
    body = json.dumps(bounce(address)).encode()
    status, _, answer = request(f"{gateway.url}/callbacks/email", "POST", body, headers)
    assert (status, json.loads(answer)["status"]) == (200, "recorded")


def slack_messages(vendors: Vendors) -> list[str]:
    """Return the channels and members that Slack has messages for."""
    return [str(one["json"]["channel"]) for one in vendors.accepted("slack")]


def test_kill_after_a_bounce_loses_neither_the_next_contact_nor_the_admin(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """The page goes to Slack once, in place of the mail that came back; an admin is mailed once."""
    gateway = make_gateway(ROUTES).start()
    gateway.accept(alert("DoubleCharge", severity="critical"))
    wait_for("Ana is mailed", lambda: "ana@example.com" in mails(vendors, "DoubleCharge"))
    wait_for("all is recorded", lambda: settled(gateway))
    assert slack_messages(vendors) == []
    vendors.behave("slack", **DOWN)
    post_bounce(gateway, "ana@example.com")
    gateway.kill()
    vendors.recover("slack")
    gateway.start()
    wait_for("Slack has the page", lambda: slack_messages(vendors) == ["U012ANA"])
    wait_for("an admin is mailed", lambda: mails(vendors, "email of ana cannot be notified"))
    wait_for("all is recorded", lambda: settled(gateway))
    assert slack_messages(vendors) == ["U012ANA"]
    to_admins = [one for one in vendors.accepted("postmark") if one["json"]["To"] == ADMIN]
    assert len(to_admins) == 1
    answer = call(gateway, "GET", "/contacts")
    assert [one["target"] for one in answer["contacts"]] == ["email:ana@example.com"]


def test_kill_after_a_swap_was_accepted_loses_neither_its_effect_nor_its_messages(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """The next start has the other person on call, and the one who asked is notified."""
    gateway = make_gateway(ROUTES).start()
    (before,) = on_call(gateway)
    other = {"ana": "ben", "ben": "ana"}[before]
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    body = {"rota": "billing", "as": before, "with": other, "gives": {"from": now}}
    id_ = call(gateway, "POST", "/swaps", body)["swap"]["id"]
    wait_for("the other one is asked", lambda: len(vendors.accepted("postmark")) == 1)
    vendors.behave("postmark", **DOWN)
    call(gateway, "POST", f"/swaps/{id_}/accept", {"as": other})
    gateway.kill()
    vendors.recover("postmark")
    gateway.start()
    assert on_call(gateway) == [other]
    (swap,) = call(gateway, "GET", "/swaps?ended=true")["swaps"]
    assert swap["state"] == "accepted"
    wait_for(
        "the one who asked is notified",
        lambda: f"{before}@example.com" in mails(vendors, "accepted"),
    )
    changed = {"ana@example.com", "ben@example.com"}
    wait_for("both are notified", lambda: mails(vendors, "shifts have changed") == changed)
