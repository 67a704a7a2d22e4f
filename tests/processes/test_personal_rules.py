"""Personal notification rules with real vendors' clients: e-mail, Slack and a PagerDuty contact."""

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import rows, settled
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.routes import SEVERAL
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

RULES = (
    SEVERAL.replace(
        "  ana: {name: Ana, email: ana@example.com}\n",
        """  ana:
    name: Ana
    email: ana@example.com
    slack: U012ANA
    contacts: {pager: {account: pagerduty, routing_key: "${PAGERDUTY_BILLING_KEY}"}}
    notify: {urgent: [{by: slack}, {by: email}, {by: pager, after: 2s}]}
escalations:
  billing: [{notify: ["person:ana"], wait: 15m}]
""",
    )
    .replace("    email: [{to: billing-oncall@example.com}]\n", "")
    .replace('    slack: [{channel: "#billing-alerts"}]\n', "")
    .replace('    pagerduty: [{routing_key: "${PAGERDUTY_BILLING_KEY}"}]\n', "")
    .replace('    webhook: [{url: "<webhook>/hook"}]\n', "    escalate: billing\n")
)
"""Billing's receiver reaches Ana alone: Slack and e-mail at once, her PagerDuty 2 s later."""


def channels(vendors: Vendors) -> list[str]:
    """Return the vendors that accepted a message, each as often as it did."""
    return sorted(one["vendor"] for one in vendors.accepted())


def test_delayed_contact_is_notified_after_kill_9(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """The pager's delay survives a crash: the gateway that starts next notifies it, once."""
    gateway = make_gateway(RULES).start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("Slack and e-mail have theirs", lambda: len(vendors.accepted()) >= 2)
    wait_for("all is recorded", lambda: settled(gateway))
    assert "pagerduty" not in channels(vendors)
    gateway.kill()
    gateway.start()
    wait_for("PagerDuty has its own", lambda: "pagerduty" in channels(vendors))
    wait_for("all is recorded", lambda: settled(gateway))
    reasons = rows(gateway, "SELECT channel, reason FROM notices ORDER BY channel")
    assert reasons == [
        ("email", "first"),
        ("pagerduty", "notification rule"),
        ("slack", "first"),
    ]
