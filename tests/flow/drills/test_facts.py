"""What is read of a drill's incident, on both databases."""

from gateway.core.alerts.labels import identity
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.store.queries.drill_facts import facts_of
from tests.flow.world import MINUTE, START, World, alert


async def test_messages_receipts_and_acknowledgement_are_read(world: World) -> None:
    """The first message to each target, when the vendor posted its receipt, who acknowledged."""
    reported = alert("Drill", drill="noon", test="true")
    name = identity(reported.labels)
    before = await world.engine.store.read(lambda tx: facts_of(tx, name, START, ()))
    assert (before.incident, before.messages) == (None, ())
    await world.post(reported)
    await world.advance(MINUTE)
    notice = next(one.notice for one in world.delivered if one.to == "email:ana@example.com")
    event = ContactEvent("1", "ana@example.com", ContactEventKind.DELIVERED, "accepted", notice)
    assert await world.engine.contacts.record("email", event) == ""
    await world.ack(1001)
    await world.advance(3 * 60 * MINUTE)
    facts = await world.engine.store.read(lambda tx: facts_of(tx, name, START, {"email"}))
    assert (facts.incident, facts.acknowledged_by) == (1001, "ana")
    assert facts.acknowledged_at == START + MINUTE
    by_name = {one.name: one for one in facts.messages}
    assert len(by_name) == len(facts.messages) == 4
    assert by_name["e-mail ana@example.com"].arrived_at == START + MINUTE
    assert by_name["e-mail billing-oncall@example.com"].arrived_at is None
    assert by_name["Slack #billing-alerts"].arrived_at == START
    later = await world.engine.store.read(lambda tx: facts_of(tx, name, START + MINUTE, ()))
    assert later.incident is None
