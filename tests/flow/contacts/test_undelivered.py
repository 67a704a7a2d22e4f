"""Messages that a vendor accepted and could not deliver: the next contact, or the fallback."""

from collections.abc import AsyncIterator

import pytest

from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from tests.flow.contacts.test_contact_health import MAIL, RULES, SLACK
from tests.flow.world import MINUTE, World, alert


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world in which Ana is notified by Slack and, ten minutes later, by e-mail."""
    made = World(database_url, RULES)
    await made.start()
    yield made
    await made.close()


def lost(notice: int, address: str = "U0ANA", id_: str = "1") -> ContactEvent:
    return ContactEvent(id_, address, ContactEventKind.UNDELIVERED, "the phone is off", notice)


async def test_next_contact_is_due_at_once_and_this_one_stays(world: World) -> None:
    """The mail due in ten minutes leaves now; the next incident begins with Slack again."""
    await world.post(alert("One"))
    (first,) = [one for one in await world.advance(1.0) if one.to == SLACK]
    assert await world.engine.contacts.record("slack", lost(first.notice)) == ""
    assert [one.reason for one in await world.advance(1.0) if one.to == MAIL] == [
        "notification rule"
    ]
    await world.post(alert("Two"))
    again = [one.to for one in await world.advance(1.0) if one.incident == 1002]
    assert SLACK in again
    assert MAIL not in again


async def test_repeat_begins_the_rules_again(world: World) -> None:
    """A phone that was off two hours ago may be on: the delay of the mail counts again."""
    await world.post(alert())
    (first,) = [one for one in await world.advance(1.0) if one.to == SLACK]
    await world.engine.contacts.record("slack", lost(first.notice))
    before = len(await world.advance(119 * MINUTE))
    assert before
    repeated = [(one.to, one.reason) for one in await world.advance(2 * MINUTE)]
    assert (SLACK, "repeat") in repeated
    assert MAIL not in [to for to, _ in repeated]


async def test_event_of_another_address_or_notice_changes_nothing(world: World) -> None:
    """The address must be the one that the notice went to."""
    await world.post(alert())
    first = [one for one in await world.advance(1.0) if one.to == "slack:#billing-alerts"]
    outcome = await world.engine.contacts.record("slack", lost(first[0].notice))
    assert outcome == "it is about no message of this gateway"
    assert [one.to for one in await world.advance(1.0)] == []


async def test_receivers_own_target_goes_to_the_fallback(world: World) -> None:
    """Nobody's rules go on after a shared channel: the fallback receiver is notified, once."""
    await world.post(alert())
    first = [one for one in await world.advance(1.0) if one.to == "slack:#billing-alerts"]
    await world.engine.contacts.record("slack", lost(first[0].notice, "#billing-alerts"))
    messages = await world.advance(1.0)
    assert [(one.to, one.reason) for one in messages] == [("email:admin@example.com", "fallback")]
    await world.engine.contacts.record("slack", lost(first[0].notice, "#billing-alerts", "2"))
    assert await world.advance(1.0) == []


async def test_delivered_message_makes_a_contact_usable_again(world: World) -> None:
    """What arrives proves more than what was known before."""
    await world.post(alert())
    (first,) = [one for one in await world.advance(1.0) if one.to == SLACK]
    bounced = ContactEvent("b", "U0ANA", ContactEventKind.BOUNCED, "gone")
    await world.engine.contacts.record("slack", bounced)
    assert SLACK in world.engine.plan.unusable_contacts
    arrived = ContactEvent("d", "U0ANA", ContactEventKind.DELIVERED, "delivered", first.notice)
    await world.engine.contacts.record("slack", arrived)
    assert SLACK not in world.engine.plan.unusable_contacts
    assert "Slack (ana): delivered" in [entry.text for entry in await world.timeline()]
