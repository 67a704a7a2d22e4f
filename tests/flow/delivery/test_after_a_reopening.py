"""Ends of an incident that was reopened: no target is notified of the same end twice."""

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.retry import Failure, SendError
from tests.flow.world import MINUTE, World, alert


async def resolved_manually_and_reopened(world: World) -> None:
    """Resolve 1001 by hand while its alert fires on, so that it reopens five minutes later."""
    await world.post(alert())
    await world.advance(MINUTE)
    ben = verified_person("ben", "link")
    await world.engine.act(1001, ActionName.RESOLVE, ben, reason="done")
    ends = await world.advance(MINUTE)
    assert "slack" in {d.channel for d in ends if d.kind == "resolved"}


async def test_reopening_and_end_unsent_become_one_late_notice(world: World) -> None:
    """E3: what fired again and ended while Slack was down is one notice that says both."""
    await resolved_manually_and_reopened(world)
    world.break_channel("slack", lambda: SendError(Failure.CONNECTION, "down"))
    await world.advance(5 * MINUTE)
    await world.post(alert(ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("slack")
    messages = [d for d in await world.advance(30 * MINUTE) if d.channel == "slack"]
    assert [d.kind for d in messages] == ["late"]


async def test_end_behind_a_reopening_that_was_refused_is_not_repeated(world: World) -> None:
    """E5: a target that was not notified of the reopening is not notified of the second end."""
    await resolved_manually_and_reopened(world)
    world.break_channel("slack", lambda: SendError(Failure.BAD_CONTENT, "refused"))
    await world.advance(5 * MINUTE)
    world.mend("slack")
    await world.post(alert(ends_at=world.now))
    messages = await world.advance(30 * MINUTE)
    assert [d for d in messages if d.channel == "slack"] == []
    assert "resolved" in {d.kind for d in messages if d.channel == "email"}


async def test_reopening_that_arrived_is_ended_once_more(world: World) -> None:
    """Promise 14: a target that was notified of the reopening is notified of its end."""
    await resolved_manually_and_reopened(world)
    again = await world.advance(5 * MINUTE)
    assert "reopened" in {d.reason for d in again if d.channel == "slack"}
    await world.post(alert(ends_at=world.now))
    ends = await world.advance(30 * MINUTE)
    assert [d.kind for d in ends if d.channel == "slack"] == ["resolved"]
