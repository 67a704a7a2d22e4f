"""E36 in the whole flow: the beginnings are remembered over incidents and restarts."""

from tests.flow.world import HOUR, MINUTE, World, alert, to

SLACK = "slack:#billing-alerts"


async def turn(world: World) -> None:
    """It fires for six minutes and is resolved for six."""
    began = world.now
    await world.post(alert("SlowRenewals", "warning", starts_at=began))
    await world.advance(6 * MINUTE)
    await world.post(alert("SlowRenewals", "warning", starts_at=began, ends_at=world.now))
    await world.advance(6 * MINUTE)


async def test_flapping_notifies_once_and_then_quietly(world: World) -> None:
    """E36: three incidents notify in full; the fourth says that it flaps, and stays open."""
    for _ in range(3):
        await turn(world)
    await world.kill(world.engine)
    await world.start()
    for _ in range(10):
        await turn(world)
    messages = to(world.delivered, SLACK)
    reasons = [reason for _, _, reason in messages if reason != "missed"]
    assert reasons[:7] == ["first", "resolved"] * 3 + ["first"]
    assert set(reasons[7:]) == {"flapping"}
    assert len(reasons[7:]) <= 4
    fourth = next(one for one in world.delivered if one.incident == 1004)
    assert "flapping: it began 4 times within 1h" in fourth.message.facts["note"]
    over = await world.advance(HOUR)
    assert [reason for _, _, reason in to(over, SLACK)] == ["resolved"]
    assert {one.incident for one in world.delivered if one.to == SLACK} == {1001, 1002, 1003, 1004}
