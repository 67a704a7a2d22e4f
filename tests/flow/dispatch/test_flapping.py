"""E36 in the whole flow: the beginnings are remembered over incidents and restarts."""

from tests.flow.world import HOUR, MINUTE, World, alert, to

ROOM = "slack:#billing-alerts"


async def turn(world: World) -> None:
    """It burns for six minutes and is over for six."""
    began = world.now
    await world.post(alert("SlowRenewals", "warning", starts_at=began))
    await world.advance(6 * MINUTE)
    await world.post(alert("SlowRenewals", "warning", starts_at=began, ends_at=world.now))
    await world.advance(6 * MINUTE)


async def test_told_once_and_then_quietly(world: World) -> None:
    """E36: three incidents are told in full; the fourth says that it flaps, and stays one."""
    for _ in range(3):
        await turn(world)
    await world.kill(world.engine)
    await world.start()
    for _ in range(10):
        await turn(world)
    said = to(world.delivered, ROOM)
    reasons = [reason for _, _, reason in said]
    assert reasons[:7] == ["first", "resolved"] * 3 + ["first"]
    assert set(reasons[7:]) == {"flapping"}
    assert len(reasons[7:]) <= 4
    fourth = next(one for one in world.delivered if one.incident == 1004)
    assert "flapping: it began 4 times within 1h" in fourth.message.facts["note"]
    over = await world.advance(HOUR)
    assert [reason for _, _, reason in to(over, ROOM)] == ["resolved"]
    assert {one.incident for one in world.delivered if one.to == ROOM} == {1001, 1002, 1003, 1004}
