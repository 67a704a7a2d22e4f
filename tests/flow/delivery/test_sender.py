"""A sender pauses, releases what it cannot send in time, and records its own faults."""

import logging

import pytest

from gateway.core.incidents.outbox import NoticeState
from gateway.core.incidents.retry import Failure, SendError
from gateway.store import Tx, outbox
from tests.flow.world import MINUTE, FakeChannel, World, alert, to

SLACK = "slack:#billing-alerts"


def too_fast() -> SendError:
    return SendError(Failure.RATE_LIMITED, "too fast", retry_after=30.0)


def pending(tx: Tx) -> int:
    """How many notices to Slack wait and belong to nobody."""
    return sum(
        count
        for channel, state, count, _ in outbox.depth(tx)
        if (channel, state) == ("slack", NoticeState.PENDING)
    )


def states(tx: Tx) -> dict[str, int]:
    """How many unfinished notices are in which state."""
    counts: dict[str, int] = {}
    for _, state, count, _ in outbox.depth(tx):
        counts[state] = counts.get(state, 0) + count
    return counts


async def test_it_pauses_while_its_target_is_on_hold(world: World) -> None:
    """E11: a notice for a target on hold does not keep the sender busy."""
    world.break_channel("slack", too_fast)
    await world.post(alert("One"))
    await world.advance(0.0)
    sender = world.engine.senders["slack"]
    assert sender.holds
    await world.post(alert("Two"))
    await world.engine.dispatcher.dispatch_once()
    assert await sender.step() > 0.0


async def test_what_waits_for_a_target_on_hold_is_released(world: World) -> None:
    """E11: after the first 429 the rest of the queue is not sent into it, nor kept by a lease."""
    world.break_channel("slack", too_fast)
    for number in range(20):
        await world.post(alert(f"Alert{number}"))
    while (await world.engine.dispatcher.dispatch_once()).decided:
        pass
    sender = world.engine.senders["slack"]
    await sender.step()
    await sender.drain()
    tried = sender.health.attempts
    assert tried < 16
    await sender.step()
    await sender.drain()
    assert sender.health.attempts == tried
    assert await world.engine.store.read(pending) == 20
    world.mend("slack")
    messages = await world.advance(40.0)
    assert to(messages, SLACK)


async def test_what_waited_too_long_is_claimed_again(world: World) -> None:
    """Promise 3: a queued notice whose lease nears its end is handed back: it never left, so
    nobody may think that it perhaps arrived."""
    for number in range(20):
        await world.post(alert(f"Alert{number}"))
    while (await world.engine.dispatcher.dispatch_once()).decided:
        pass
    sender = world.engine.senders["email"]
    assert not sender.idle
    world.now += 30.0
    await sender.step()
    await sender.drain()
    await world.settle()
    assert len({d.incident for d in world.delivered if d.channel == "email"}) == 20
    assert len(world.delivered) == len({(d.notice) for d in world.delivered})


async def test_an_answer_reaches_what_is_claimed_already(world: World) -> None:
    """E22: the next step was claimed and waits its turn here when somebody acknowledges: it is
    cancelled with the rest, and those of the others leave."""
    for number in range(6):
        await world.post(alert(f"Alert{number}"))
    await world.advance(15 * MINUTE - 1.0)
    world.now += 1.0
    sender = world.engine.senders["email"]
    channel = sender._outlet.channel()
    assert isinstance(channel, FakeChannel)
    await world.engine.dispatcher.dispatch_once()
    channel.in_flight = 0
    assert not sender.idle
    await world.ack(1006)
    channel.in_flight = 4
    messages = await world.advance(MINUTE)
    paged = {d.incident for d in messages if d.to == "email:ben@example.com"}
    assert paged == {1001, 1002, 1003, 1004, 1005}
    assert len(messages) == len({d.notice for d in messages})


async def test_fault_after_an_attempt_is_logged_and_recorded(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 13: a fault of the gateway in a sender's task is an attempt like any other."""
    faults = [RuntimeError("a fault of ours")]

    def spread() -> float:
        if faults:
            raise faults.pop()
        return 0.5

    world.spread = spread
    await world.post(alert("DoubleCharge"))
    with caplog.at_level(logging.ERROR):
        await world.engine.dispatcher.dispatch_once()
        for sender in world.engine.senders.values():
            await sender.drain()
    assert [record.exc_info for record in caplog.records if "fault" in record.message]
    assert await world.engine.store.read(states) == {NoticeState.PENDING: 1}
    assert all(sender.idle for sender in world.engine.senders.values())
    await world.advance(MINUTE)
    assert await world.engine.store.read(states) == {}
