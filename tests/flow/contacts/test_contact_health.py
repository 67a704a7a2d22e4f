"""Contacts that are refused or bounce: skipped at once, shown, and used again when they work."""

from collections.abc import AsyncIterator

import pytest

from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.core.plan.plan import Target
from tests.flow.world import MINUTE, ROUTES, World, alert

SLACK, MAIL, PAGER = "slack:U0ANA", "email:ana@example.com", "pagerduty:${PAGERDUTY_BILLING_KEY}"
RULES = ROUTES.replace(
    "ana: {name: Ana, email: ana@example.com, slack: U0ANA}",
    """ana:
    name: Ana
    email: ana@example.com
    slack: U0ANA
    notify: {urgent: [{by: slack}, {by: email, after: 10m}]}""",
)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world in which Ana is notified by Slack and, ten minutes later, by e-mail."""
    made = World(database_url, RULES)
    await made.start()
    yield made
    await made.close()


def refuse(world: World, channel: str, key: str, error: SendError) -> None:
    """Let a vendor refuse one target for ever."""

    def fault(message: Message, target: Target) -> SendError | None:
        return error if target.key == key else None

    world.faults[channel] = fault


def bounced(address: str, notice: int | None = None, id_: str = "Bounce:1") -> ContactEvent:
    return ContactEvent(id_, address, ContactEventKind.BOUNCED, "Hard bounce: 550", notice)


async def unusable(world: World) -> dict[str, str]:
    return {one.unusable.key: one.unusable.reason for one in await world.engine.contacts.unusable()}


async def test_refused_contact_is_replaced_by_the_next_one_at_once(world: World) -> None:
    """The mail that was due in ten minutes is sent when Slack does not know the member."""
    refuse(world, "slack", SLACK, SendError(Failure.BAD_RECIPIENT, "Slack says user_not_found"))
    await world.post(alert())
    messages = await world.advance(5.0)
    assert MAIL in [one.to for one in messages]
    assert await unusable(world) == {SLACK: "Slack says user_not_found"}


async def test_refused_contact_is_skipped_by_later_incidents(world: World) -> None:
    """The next page goes straight to the contact that works."""
    refuse(world, "slack", SLACK, SendError(Failure.BAD_RECIPIENT, "Slack says user_not_found"))
    await world.post(alert("One"))
    await world.advance(5.0)
    tried = world.engine.senders["slack"].health.attempts
    await world.post(alert("Two"))
    messages = await world.advance(5.0)
    assert MAIL in [one.to for one in messages if one.incident == 1002]
    assert world.engine.senders["slack"].health.attempts == tried + 1, "the channel's own message"


async def test_bounce_after_acceptance_lets_the_incident_go_on(world: World) -> None:
    """A page that was accepted and came back ten seconds later is not waited for."""
    await world.post(alert())
    first = await world.advance(1.0)
    assert SLACK in [one.to for one in first]
    assert MAIL not in [one.to for one in first]
    key = await world.engine.contacts.record("slack", bounced("U0ANA"))
    assert key == ""
    messages = await world.advance(5.0)
    assert MAIL in [one.to for one in messages]


async def test_bounced_message_is_on_the_timeline_of_its_incident(world: World) -> None:
    """The incident says what came back and why."""
    await world.post(alert())
    first = await world.advance(15 * MINUTE)
    (mail,) = [one for one in first if one.to == MAIL][:1]
    await world.engine.contacts.record("email", bounced("ANA@example.com", mail.notice))
    texts = [entry.text for entry in await world.timeline()]
    assert any("the message came back (Hard bounce: 550)" in text for text in texts)


async def test_bounce_of_the_only_contact_notifies_the_fallback(world: World) -> None:
    """Ben has one contact: when its mail comes back the fallback receiver is notified."""
    await world.post(alert())
    messages = await world.advance(16 * MINUTE)
    (mail,) = [one for one in messages if one.to == "email:ben@example.com"]
    await world.engine.contacts.record("email", bounced("ben@example.com", mail.notice))
    messages = await world.advance(5.0)
    assert ("email:admin@example.com", "fallback") in [(one.to, one.reason) for one in messages]


async def test_repeated_event_changes_nothing(world: World) -> None:
    """A vendor that posts an event again does not undo what an admin did since."""
    assert await world.engine.contacts.record("email", bounced("ana@example.com")) == ""
    assert await world.engine.contacts.clear([MAIL]) == [MAIL]
    again = await world.engine.contacts.record("email", bounced("ana@example.com"))
    assert (again, await unusable(world)) == ("it was posted before", {})


async def test_unknown_address_is_ignored(world: World) -> None:
    """Bounces of other mail of the same Postmark server say nothing about contacts."""
    why = await world.engine.contacts.record("email", bounced("dee@example.com"))
    assert why == "no target of this account has the address"
    assert await unusable(world) == {}


async def test_reactivated_contact_is_used_again(world: World) -> None:
    """Postmark says that the address may get mail again."""
    await world.engine.contacts.record("email", bounced("ana@example.com"))
    await world.advance(MINUTE)
    event = ContactEvent("Sub:1", "ana@example.com", ContactEventKind.REACTIVATED, "")
    await world.engine.contacts.record("email", event)
    assert await unusable(world) == {}
    assert not world.engine.plan.unusable_contacts


async def test_successful_send_makes_a_contact_usable_again(world: World) -> None:
    """A retry that the vendor accepts proves that the address works."""
    error = SendError(Failure.BAD_RECIPIENT, "not_in_channel", mendable=True)
    refuse(world, "slack", SLACK, error)
    await world.post(alert())
    await world.advance(5.0)
    assert SLACK in await unusable(world)
    world.mend("slack")
    await world.advance(10 * MINUTE)
    assert await unusable(world) == {}


async def test_refused_routing_key_marks_its_target_only(world: World) -> None:
    """An invalid PagerDuty key is the address's fault, not the account's."""
    error = SendError(
        Failure.MISCONFIGURED, "PagerDuty says: Invalid routing key", bad_address=True
    )
    refuse(world, "pagerduty", PAGER, error)
    await world.post(alert())
    await world.advance(5.0)
    assert await unusable(world) == {PAGER: "PagerDuty says: Invalid routing key"}


async def test_outage_of_an_account_marks_no_contact(world: World) -> None:
    """A wrong token or a dead vendor says nothing about an address."""
    world.break_channel("slack", lambda: SendError(Failure.MISCONFIGURED, "invalid_auth"))
    await world.post(alert())
    await world.advance(MINUTE)
    assert await unusable(world) == {}


async def test_other_replica_skips_the_contact(database_url: str) -> None:
    """What one replica stores is in force on the other after its next read of the version."""
    world = World(database_url, RULES)
    await world.start()
    if not database_url.startswith("postgresql"):
        await world.close()
        pytest.skip("only PostgreSQL has replicas")
    other = await world.start()
    await world.engine.contacts.record("email", bounced("ana@example.com"))
    await other.contacts.check_once()
    assert MAIL in other.plan.unusable_contacts
    await world.close()


async def test_corrected_address_is_forgotten(world: World) -> None:
    """A reload with another address needs no further command."""
    await world.engine.contacts.record("email", bounced("ana@example.com"))
    world.routes = RULES.replace("ana@example.com", "ana.new@example.com")
    assert await world.engine.reload() == ()
    assert not world.engine.plan.unusable_contacts


async def test_health_counts_contacts_without_naming_them(world: World) -> None:
    """/readyz is public: it says how many, and names the command that lists them."""
    await world.engine.contacts.record("email", bounced("ana@example.com"))
    (health,) = [one for one in world.engine.problems() if one.component == "contact addresses"]
    assert health.text_for(public=True).startswith("1 cannot be notified")
    assert health.ok, "the heartbeat goes on"


async def test_admin_is_notified_by_an_alert_of_the_gateway(world: World) -> None:
    """GatewayContactUnusable names the person, the contact and the reason."""
    await world.engine.contacts.record("email", bounced("ana@example.com"))
    await world.engine.own_alerts.check_once()
    await world.advance(MINUTE)
    incident = await world.incident(1001)
    assert incident.group_labels["alertname"] == "GatewayContactUnusable"


async def test_refused_shared_channel_marks_nothing(world: World) -> None:
    """A Slack channel without the app is tried again, and is nobody's contact."""
    error = SendError(Failure.BAD_RECIPIENT, "not_in_channel", mendable=True)
    refuse(world, "slack", "slack:#billing-alerts", error)
    await world.post(alert())
    await world.advance(5.0)
    assert await unusable(world) == {}
