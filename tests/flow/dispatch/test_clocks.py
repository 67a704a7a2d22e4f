"""Clocks that step or differ: nothing is sent twice, nothing is forgotten (E55)."""

import asyncio
from pathlib import Path

import pytest

from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.outbox import NoticeState
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.plan import Target
from gateway.flow.delivery.sender import Sender
from gateway.store import Tx, outbox
from tests.flow.world import HOUR, MINUTE, FakeChannel, World, alert


class Slow:
    """A channel whose answers come when the test says so."""

    def __init__(self, channel: FakeChannel) -> None:
        self.answer = asyncio.Event()
        self.began = asyncio.Event()
        self.notices: list[int] = []
        self._send = channel.send
        channel.send = self.send  # type: ignore[method-assign]

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        self.notices.append(message.notice_id)
        self.began.set()
        await self.answer.wait()
        return await self._send(message, target, receipt)


def slow(world: World, channel: str = "email") -> Slow:
    """Make a channel of the running configuration slow."""
    fake = world.engine.delivery._channels[channel]
    assert isinstance(fake, FakeChannel)
    return Slow(fake)


def states(tx: Tx, channel: str = "email") -> dict[str, int]:
    """How many notices of a channel are in which state."""
    return {state: count for name, state, count, _ in outbox.depth(tx) if name == channel}


async def begun(sender: Sender, channel: Slow) -> None:
    """Claim and begin to send."""
    await sender.step()
    await channel.began.wait()


async def test_clock_set_forward_does_not_send_what_is_being_sent(world: World) -> None:
    """Promise 3, E55: a step of an hour ends no lease, so the message leaves once."""
    vendor = slow(world)
    await world.post(alert("DoubleCharge"))
    await world.engine.dispatcher.dispatch_once()
    sender = world.engine.senders["email"]
    await begun(sender, vendor)
    world.step_clock(HOUR)
    for _ in range(3):
        assert await sender.step() > 0.0, "no busy loop while the answer is awaited"
    assert len(vendor.notices) == len(set(vendor.notices))
    vendor.answer.set()
    await sender.drain()
    await world.settle()
    mails = [d.notice for d in world.delivered if d.channel == "email"]
    assert len(mails) == len(set(mails)) > 0
    assert await world.engine.store.read(states) == {}


async def test_process_that_was_paused_does_not_take_over_its_own_claim(world: World) -> None:
    """E55: after a pause longer than the lease, a process still knows what it is sending."""
    vendor = slow(world)
    await world.post(alert("DoubleCharge"))
    await world.engine.dispatcher.dispatch_once()
    sender = world.engine.senders["email"]
    await begun(sender, vendor)
    world.now += 5 * MINUTE
    assert await sender.step() > 0.0
    assert len(vendor.notices) == len(set(vendor.notices))
    vendor.answer.set()
    await sender.drain()
    mails = [d.notice for d in world.delivered if d.channel == "email"]
    assert len(mails) == len(set(mails)) > 0


async def test_other_replica_takes_over_when_the_lease_ends(world: World) -> None:
    """Promise 11: the lease still ends for everyone else."""
    vendor = slow(world)
    await world.post(alert("DoubleCharge"))
    await world.engine.dispatcher.dispatch_once()
    await begun(world.engine.senders["email"], vendor)
    other = await world.start("other")
    await other.senders["email"].step()
    assert not other.senders["email"].health.attempts
    world.now += MINUTE + 1.0
    await other.senders["email"].step()
    await other.senders["email"].drain()
    assert other.senders["email"].health.attempts == len(set(vendor.notices))
    vendor.answer.set()
    await world.engine.senders["email"].drain()


@pytest.fixture
async def replicas(migrated_postgres_url: str) -> World:
    """A world on PostgreSQL without replicas yet."""
    return World(migrated_postgres_url)


@pytest.mark.parametrize("ahead", [90.0, -90.0, 2.1])
async def test_replica_with_a_wrong_clock_decides_and_claims_nothing(
    replicas: World, ahead: float
) -> None:
    """E55: it takes alerts in, says that it is not ready, and leaves the rest to the others."""
    world = replicas
    wrong = await world.start("wrong", ahead=ahead)
    await world.post(alert("DoubleCharge"), to=wrong)
    await world.settle()
    assert world.delivered == []
    assert (await world.incident()).due_at is not None
    (problem,) = [health for health in wrong.problems() if not health.ok]
    assert problem.component == "clock"
    side = "ahead of" if ahead > 0 else "behind"
    assert f"clock is {abs(ahead):.1f} s {side} the database's" in problem.text
    right = await world.start("right")
    await world.settle()
    assert {d.channel for d in world.delivered} == {"email", "slack", "pagerduty"}
    assert len(world.delivered) == len({d.notice for d in world.delivered})
    assert {sender.health.attempts for sender in wrong.senders.values()} == {0}
    assert all(health.ok for health in right.problems())
    await world.close()


async def test_replica_within_two_seconds_works(replicas: World) -> None:
    """E55: what NTP leaves of a difference is no reason to stop paging."""
    await replicas.start(ahead=1.9)
    await replicas.post(alert("DoubleCharge"))
    await replicas.settle()
    assert len(replicas.delivered) == 4
    assert all(health.ok for health in replicas.engine.problems())
    await replicas.close()


async def test_retry_is_not_forgotten_when_the_clock_steps(tmp_path: Path) -> None:
    """E55: what waits for its next attempt is sent once, at a step forward at once."""
    world = World(f"sqlite:///{tmp_path}/gateway.db")
    await world.start()
    world.break_channel("email", lambda: SendError(Failure.SERVER_ERROR, "500"))
    await world.post(alert("DoubleCharge"))
    await world.advance(1.0)
    world.mend("email")
    world.step_clock(10 * MINUTE)
    await world.settle()
    assert [d.reason for d in world.delivered if d.to.startswith("email:billing")] == ["first"]
    assert NoticeState.PENDING not in await world.engine.store.read(states)
    await world.close()
