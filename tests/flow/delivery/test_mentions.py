"""Mentions through the whole flow: the ids are those of the account that the message goes to."""

from tests.flow.world import MINUTE, ROUTES, World, alert

CHANNEL = "slack:#billing-alerts"


async def mentions(world: World, minutes: float) -> list[tuple[str, tuple[str, ...]]]:
    """Return reason and mentions of the channel's messages in the next minutes."""
    messages = await world.advance(minutes * MINUTE)
    return [(one.reason, one.message.mentions) for one in messages if one.to == CHANNEL]


async def test_channel_mentions_who_is_paged_and_nobody_else(database_url: str) -> None:
    """Ana with the first message, Ben with his step, nobody at the end; mail has no mentions."""
    with_id = ROUTES.replace("email: ben@example.com}", "email: ben@example.com, slack: U0BEN}")
    world = World(database_url, with_id)
    await world.start()
    await world.post(alert())
    messages = await world.advance(MINUTE)
    by_target = {one.to: one.message.mentions for one in messages}
    assert by_target[CHANNEL] == ("U0ANA",)
    assert not by_target["email:billing-oncall@example.com"]
    assert ("escalation", ("U0BEN",)) in await mentions(world, 15)
    await world.post(alert(ends_at=world.now))
    assert await mentions(world, 10) == [("resolved", ())]
    await world.close()
