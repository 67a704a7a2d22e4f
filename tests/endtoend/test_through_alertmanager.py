"""Prometheus fires, Alertmanager posts, people hear, answer, do not answer, and hear the end."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from tests.endtoend.world import SECRETS, Told, World
from tests.processes.harness import request, wait_for
from tests.shared_data import real_program

pytestmark = [pytest.mark.process, pytest.mark.peer]

BILLING_KEY = SECRETS["PAGERDUTY_BILLING_KEY"]
ADMIN, MAILBOX = ("postmark", "admin@example.com"), ("postmark", "billing-oncall@example.com")
ANA, BEN = ("postmark", "ana@example.com"), ("postmark", "ben@example.com")
CHANNEL, PAGER = ("slack", "#billing-alerts"), ("pagerduty", BILLING_KEY)
ANA_SLACK, BEN_SLACK = ("slack", "U012ANA"), ("slack", "U012BEN")

WARNING: Told = {MAILBOX: ("mail warning",), CHANNEL: ("post warning",)}
CRITICAL: Told = {
    **dict.fromkeys((ADMIN, MAILBOX, ANA), ("mail critical",)),
    **dict.fromkeys((CHANNEL, ANA_SLACK), ("post critical",)),
    PAGER: ("trigger",),
}
"""The receiver, and Ana, who is on call."""

FIRST = {said for (said,) in CRITICAL.values()}

IN_SLACK = ("update acknowledged", "reply acknowledged")
ACKNOWLEDGED: Told = {
    **dict.fromkeys((ADMIN, MAILBOX), ("mail acknowledged",)),
    **dict.fromkeys((CHANNEL, ANA_SLACK), IN_SLACK),
    PAGER: ("acknowledge",),
}
"""Who hears that Ana has it: all others; of Ana only her Slack message is brought up to date."""

UNANSWERED: Told = {
    **dict.fromkeys((ANA, BEN), ("mail critical, nobody answered",)),
    ANA_SLACK: ("update critical", "reply critical, nobody answered"),
    BEN_SLACK: ("post critical",),
}
BEN_HAS_IT: Told = {**ACKNOWLEDGED, ANA: ("mail acknowledged",), BEN_SLACK: IN_SLACK}


def ends(told: Told) -> Told:
    """What everybody who was told of a firing is owed at its end."""
    owed = {
        "postmark": ("mail resolved",),
        "slack": ("update resolved", "reply resolved"),
        "pagerduty": ("resolve",),
    }
    return {(vendor, to): owed[vendor] for vendor, to in told}


def then(*steps: Told) -> Told:
    """One step after the other."""
    people = dict.fromkeys(who for step in steps for who in step)
    return {who: tuple(said for step in steps for said in step.get(who, ())) for who in people}


def test_from_firing_to_the_end(world: World) -> None:
    """Promises 2, 5, 14: all who have to know hear once, one answers, or the next hears; all hear
    the end. E1: what Alertmanager repeats is no news. E22: an acknowledgement stops the rest."""
    real_program("prometheus-alertmanager")
    world.start_monitoring(with_alertmanager=True)
    alerts = ("DoubleChargeDetected", "RenewalCronFailed", "ExcessiveIdempotentRetries")
    world.exporter.trip(*alerts)
    charge, renewal, retries = (world.incident(alert) for alert in alerts)
    link_in_time = link_of_ana(world, charge)
    acknowledge(world, charge, link_in_time, "Ana")
    world.wait_until_told(retries, WARNING)
    words_help(world, {charge: "double-charge", renewal: "renewal-cron"})
    posted = world.alertmanager.posted()

    told_of_charge = then(CRITICAL, ACKNOWLEDGED)
    world.wait_until_told(charge, told_of_charge)
    told_of_renewal = then(CRITICAL, UNANSWERED)
    world.wait_until_told(renewal, told_of_renewal)
    acknowledge(world, renewal, world.link(renewal, BEN[1]), "Ben")
    told_of_renewal = then(told_of_renewal, BEN_HAS_IT)
    world.wait_until_told(renewal, told_of_renewal)

    # By now each alert has come again several times; nobody heard anything but the above.
    wait_for("Alertmanager repeats", lambda: world.alertmanager.posted() >= posted + 12)
    assert world.alertmanager.failed() == 0
    assert world.told(charge) == told_of_charge
    assert world.told(renewal) == told_of_renewal
    assert world.told(retries) == WARNING

    world.exporter.heal(*alerts)
    world.wait_until_told(charge, then(told_of_charge, ends(told_of_charge)))
    world.wait_until_told(renewal, then(told_of_renewal, ends(told_of_renewal)))
    world.wait_until_told(retries, then(WARNING, ends(WARNING)))
    nothing_went_wrong(world, {charge, renewal, retries})


def link_of_ana(world: World, incident: int) -> str:
    """E18: the link in Ana's mail leads to the gateway, and looking at it changes nothing."""
    world.wait_until_told(incident, CRITICAL)
    link = world.link(incident, ANA[1])
    assert link != world.link(incident, MAILBOX[1]), "each link is bound to its reader"
    for method in ("HEAD", "GET", "GET"):
        status, headers, body = request(link, method)
        assert (status, headers["Referrer-Policy"]) == (200, "no-referrer")
    page = body.decode()
    assert "Acknowledge as Ana" in page
    assert "DoubleChargeDetected" in page
    assert "https://runbooks.example.com/billing/double-charge" in page
    assert world.told(incident) == CRITICAL
    return link


def acknowledge(world: World, incident: int, link: str, name: str) -> None:
    """Press the button of the page; the page then says who has it."""
    status, _, body = request(link, "POST", b"")
    assert status == 200
    assert "You have it" in body.decode()
    assert f"Acknowledge as {name}" not in request(link)[2].decode()


def words_help(world: World, runbooks: Mapping[int, str]) -> None:
    """Every first message has the runbook; mails and Slack a link to acknowledge, at our host."""
    own = urlsplit(world.gateway.url).netloc
    for one in world.heard():
        if one.incident not in runbooks or one.said not in FIRST:
            continue
        assert f"https://runbooks.example.com/billing/{runbooks[one.incident]}" in one.words
        assert f"http://{own}/incidents/{one.incident}" in one.words
        # PagerDuty has a button of its own, and its page is open to the whole account.
        wanted = set() if one.vendor == "pagerduty" else {own}
        assert {urlsplit(link).netloc for link in one.ack_links} == wanted, one


def nothing_went_wrong(world: World, incidents: set[int]) -> None:
    """Nobody heard of anything else, no vendor found fault, and no secret is in the log."""
    heard = world.heard()
    assert {one.incident for one in heard} == incidents
    events = {(one.incident, one.content["dedup_key"]) for one in heard if one.to == BILLING_KEY}
    assert len(events) == 2, "one key for trigger, acknowledge and resolve of an incident"
    assert world.problems() == []
    log = world.gateway.log()
    assert not [line for line in log.splitlines() if '"ERROR"' in line or '"WARNING"' in line]
    assert not [name for name, secret in SECRETS.items() if secret in log]
    assert "/ack/" not in log
