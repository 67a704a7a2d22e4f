"""A take-over through the whole flow: one transaction, one message per target, working links."""

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.decide.result import ActionOutcome
from gateway.links import Links, Purpose
from tests.flow.world import MINUTE, START, World, alert


async def test_take_over_sends_one_message_per_target(world: World) -> None:
    """E20: one message per target, the former holder included, and the expiry restarts."""
    await world.post(alert())
    await world.advance(MINUTE)
    await world.ack(1001)
    await world.advance(5 * MINUTE)
    ben = verified_person("ben", "cli")
    response = await world.engine.act(1001, ActionName.TAKE, ben, holder="ana")
    assert response.answer is ActionOutcome.TAKEN_OVER
    messages = await world.advance(MINUTE)
    assert {d.reason for d in messages} == {"taken over"}
    assert sorted(d.to for d in messages) == [
        "email:ana@example.com",
        "email:billing-oncall@example.com",
        "pagerduty:${PAGERDUTY_BILLING_KEY}",
        "slack:#billing-alerts",
    ]
    ack = (await world.incident()).ack
    assert ack is not None
    assert ack.previous is not None
    assert ack.expires_at > ack.previous.expires_at


async def test_acknowledged_message_links_to_take_over_and_undo(world: World) -> None:
    """E18: the message names the holder and has links that undo it and take it over."""
    await world.post(alert())
    await world.advance(MINUTE)
    await world.ack(1001)
    await world.advance(MINUTE)
    shared = next(
        d.message for d in world.delivered if d.reason == "acknowledged" and d.channel == "email"
    )
    roles = {link.role: link.url for link in shared.links}
    assert {"take", "undo"} < set(roles)
    assert "acknowledge" not in roles
    links = Links("http://gateway.example.com", b"a key for tests only")
    token = roles["undo"].rpartition("/")[2]
    assert links.read(Purpose.ACKNOWLEDGE, token, world.now).number == 1001
    await world.engine.act(1001, ActionName.TAKE, verified_person("ben", "cli"), holder="ana")
    await world.engine.act(1001, ActionName.BACK, verified_person("ben", "cli"))
    await world.advance(MINUTE)
    (own,) = [d.message for d in world.delivered[-5:] if d.to == "email:ana@example.com"]
    assert "take" not in {link.role for link in own.links}
    assert "undo" in {link.role for link in own.links}


async def test_take_over_from_a_person_whom_no_message_had_reached(world: World) -> None:
    """The former holder's message leaves although it is the first, and so does the end."""
    await world.post(alert("SlowRenewals", "warning", starts_at=START))
    await world.advance(MINUTE)
    await world.ack(1001, "ben")
    await world.advance(MINUTE)
    await world.engine.act(1001, ActionName.TAKE, verified_person("ana", "cli"), holder="ben")
    await world.advance(MINUTE)
    await world.post(alert("SlowRenewals", "warning", starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    own = [d.reason for d in world.delivered if d.to == "email:ben@example.com"]
    assert own == ["taken over", "resolved"]
