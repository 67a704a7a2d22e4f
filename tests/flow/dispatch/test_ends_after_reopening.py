"""An end that waits to be sent when its incident opens again."""

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.retry import Failure, SendError
from tests.flow.world import HOUR, MINUTE, World, alert, to

BEN = "email:ben@example.com"


async def test_end_that_waits_while_it_opens_again_is_not_sent(world: World) -> None:
    """Promise 4: nobody is notified that it is resolved while it fires, paged again or not."""
    began = world.now
    await world.post(alert(starts_at=began))
    await world.advance(16 * MINUTE)  # the second step pages Ben
    world.break_channel("email", lambda: SendError(Failure.CONNECTION, "refused"))
    act, ana = world.engine.act, verified_person("ana", "link")
    await act(1001, ActionName.RESOLVE, ana)
    await world.advance(1.0)
    await act(1001, ActionName.REOPEN, ana)
    await world.advance(MINUTE)
    world.mend("email")
    reached = await world.advance(5 * MINUTE)
    assert [kind for _, kind, _ in to(reached, BEN)] == []
    await world.post(alert(starts_at=began, ends_at=world.now))
    ended = await world.advance(HOUR)
    assert [kind for _, kind, _ in to(ended, BEN)] == ["resolved"]
