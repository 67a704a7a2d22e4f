"""The whole chain with Alertmanager: firing, notified, acknowledged or escalated, resolved."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from tests.endtoend.world import SECRETS, Summaries, World
from tests.processes.harness import request, wait_for
from tests.shared_data import real_program

pytestmark = [pytest.mark.process, pytest.mark.peer]

BILLING_KEY = SECRETS["PAGERDUTY_BILLING_KEY"]
ADMIN, MAILBOX = ("postmark", "admin@example.com"), ("postmark", "billing-oncall@example.com")
ALERTS = ("postmark", "alerts@example.com")
ANA, BEN = ("postmark", "ana@example.com"), ("postmark", "ben@example.com")
CHANNEL, PAGER = ("slack", "#billing-alerts"), ("pagerduty", BILLING_KEY)
ANA_SLACK, BEN_SLACK = ("slack", "U012ANA"), ("slack", "U012BEN")

WARNING: Summaries = {
    **dict.fromkeys((ADMIN, ALERTS), ("mail warning",)),
    CHANNEL: ("post warning",),
}
CRITICAL: Summaries = {
    **dict.fromkeys((ADMIN, MAILBOX, ANA), ("mail critical",)),
    **dict.fromkeys((CHANNEL, ANA_SLACK), ("post critical",)),
    PAGER: ("trigger",),
}
"""The receiver's targets, and Ana, who is on call."""

FIRST = {summary for (summary,) in CRITICAL.values()}

IN_SLACK = ("update acknowledged", "reply acknowledged")
ACKNOWLEDGED: Summaries = {
    **dict.fromkeys((ADMIN, MAILBOX), ("mail acknowledged",)),
    **dict.fromkeys((CHANNEL, ANA_SLACK), IN_SLACK),
    PAGER: ("acknowledge",),
}
"""Everyone else is notified that Ana acknowledged; of Ana only her Slack message is updated."""

UNACKNOWLEDGED: Summaries = {
    **dict.fromkeys((ANA, BEN), ("mail critical, escalated",)),
    **dict.fromkeys((ANA_SLACK, CHANNEL), ("update critical", "reply critical, escalated")),
    BEN_SLACK: ("post critical",),
}
ACKNOWLEDGED_BY_BEN: Summaries = {**ACKNOWLEDGED, ANA: ("mail acknowledged",), BEN_SLACK: IN_SLACK}


def ends(summaries: Summaries) -> Summaries:
    """Return the resolved notifications for everyone who was notified of the firing."""
    last = {
        "postmark": ("mail resolved",),
        "slack": ("update resolved", "reply resolved"),
        "pagerduty": ("resolve",),
    }
    return {(vendor, to): last[vendor] for vendor, to in summaries}


def then(*steps: Summaries) -> Summaries:
    """Return the steps joined, one after the other."""
    people = dict.fromkeys(who for step in steps for who in step)
    return {
        who: tuple(summary for step in steps for summary in step.get(who, ())) for who in people
    }


def test_an_alert_is_notified_acknowledged_and_resolved_through_alertmanager(world: World) -> None:
    """Promises 2, 5, 14: everyone is notified once, one acknowledges or the next step follows, and
    everyone is notified of the end. E1: Alertmanager's repeats notify nobody. E22: an
    acknowledgement stops the escalation."""
    real_program("prometheus-alertmanager")
    world.start_monitoring(with_alertmanager=True)
    alerts = ("DoubleChargeDetected", "RenewalCronFailed", "ExcessiveIdempotentRetries")
    world.exporter.trip(*alerts)
    charge, renewal, retries = (world.incident(alert) for alert in alerts)
    link_in_time = link_of_ana(world, charge)
    acknowledge(world, charge, link_in_time, "Ana")
    world.wait_until_received(retries, WARNING)
    check_links(world, {charge: "double-charge", renewal: "renewal-cron"})
    posted = world.alertmanager.posted()

    charge_summaries = then(CRITICAL, ACKNOWLEDGED)
    world.wait_until_received(charge, charge_summaries)
    renewal_summaries = then(CRITICAL, UNACKNOWLEDGED)
    world.wait_until_received(renewal, renewal_summaries)
    acknowledge(world, renewal, world.link(renewal, BEN[1]), "Ben")
    renewal_summaries = then(renewal_summaries, ACKNOWLEDGED_BY_BEN)
    world.wait_until_received(renewal, renewal_summaries)

    # By now each alert was posted several times; only the above was sent.
    wait_for("Alertmanager repeats", lambda: world.alertmanager.posted() >= posted + 12)
    assert world.alertmanager.failed() == 0
    assert world.summaries(charge) == charge_summaries
    assert world.summaries(renewal) == renewal_summaries
    assert world.summaries(retries) == WARNING

    world.exporter.heal(*alerts)
    world.wait_until_received(charge, then(charge_summaries, ends(charge_summaries)))
    world.wait_until_received(renewal, then(renewal_summaries, ends(renewal_summaries)))
    world.wait_until_received(retries, then(WARNING, ends(WARNING)))
    check_that_nothing_else_was_sent(world, {charge, renewal, retries})


def link_of_ana(world: World, incident: int) -> str:
    """Return the link in Ana's mail; opening it changes nothing (E18)."""
    world.wait_until_received(incident, CRITICAL)
    link = world.link(incident, ANA[1])
    assert link != world.link(incident, MAILBOX[1]), "each link is bound to its reader"
    for method in ("HEAD", "GET", "GET"):
        status, headers, body = request(link, method)
        assert (status, headers["Referrer-Policy"]) == (200, "no-referrer")
    page = body.decode()
    assert "Acknowledge as Ana" in page
    assert "DoubleChargeDetected" in page
    assert "https://runbooks.example.com/billing/double-charge" in page
    assert world.summaries(incident) == CRITICAL
    return link


def acknowledge(world: World, incident: int, link: str, name: str) -> None:
    """Press the button of the page; the page then shows the acknowledgement."""
    status, _, body = request(link, "POST", b"")
    assert status == 200
    assert "Acknowledged by you" in body.decode()
    assert f"Acknowledge as {name}" not in request(link)[2].decode()


def check_links(world: World, runbooks: Mapping[int, str]) -> None:
    """Check that first messages have the runbook, and mails and Slack an acknowledge link."""
    own = urlsplit(world.gateway.url).netloc
    for one in world.received():
        if one.incident not in runbooks or one.summary not in FIRST:
            continue
        assert f"https://runbooks.example.com/billing/{runbooks[one.incident]}" in one.text
        assert f"http://{own}/incidents/{one.incident}" in one.text
        # PagerDuty has a button of its own, and its page is open to the whole account.
        expected = set() if one.vendor == "pagerduty" else {own}
        assert {urlsplit(link).netloc for link in one.ack_links} == expected, one


def check_that_nothing_else_was_sent(world: World, incidents: set[int]) -> None:
    """Check that no other message was sent, no vendor complained, and no secret was logged."""
    received = world.received()
    assert {one.incident for one in received} == incidents
    events = {(one.incident, one.content["dedup_key"]) for one in received if one.to == BILLING_KEY}
    assert len(events) == 2, "one key for trigger, acknowledge and resolve of an incident"
    assert world.problems() == []
    log = world.gateway.log()
    assert not [line for line in log.splitlines() if '"ERROR"' in line or '"WARNING"' in line]
    assert not [name for name, secret in SECRETS.items() if secret in log]
    assert "/ack/" not in log
