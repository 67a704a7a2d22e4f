"""A reload replaces the channels; those before are closed as soon as nothing is sent by them."""

import asyncio
from pathlib import Path

from gateway.core.incidents.message import Message, Receipt
from gateway.core.plan.plan import Target
from tests.flow.world import FakeChannel, World, alert


class Closing(FakeChannel):
    """A channel that can be slow, and knows whether it was closed."""

    def __init__(self, name: str, world: "Reloaded") -> None:
        super().__init__(name, world)
        self.answer = asyncio.Event()
        self.answer.set()
        self.began = asyncio.Event()
        self.closed = False

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        assert not self.closed
        self.began.set()
        await self.answer.wait()
        return await super().send(message, target, receipt)

    async def close(self) -> None:
        self.closed = True


class Reloaded(World):
    """A world that keeps every channel it ever made."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.made: list[Closing] = []

    def channels(self, config: object) -> dict[str, Closing]:  # type: ignore[override]
        names = ("email", "slack", "pagerduty", "webhook", "console")
        channels = {name: Closing(name, self) for name in names}
        self.made += channels.values()
        return channels


async def test_a_busy_sender_keeps_only_its_own_channel_open(tmp_path: Path) -> None:
    """Under a steady load something is always being sent: each reload would otherwise leave
    its connections open for ever."""
    world = Reloaded(f"sqlite:///{tmp_path}/gateway.db")
    engine = await world.start()
    first = {channel.spec.name: channel for channel in world.made}
    first["slack"].answer.clear()
    await world.post(alert("DoubleCharge"))
    await engine.dispatcher.dispatch_once()
    await first["slack"].began.wait()
    assert await engine.reload() == ()
    await engine.delivery.close_retired()
    assert {name for name, channel in first.items() if not channel.closed} == {"slack"}
    first["slack"].answer.set()
    await engine.senders["slack"].drain()
    await engine.delivery.close_retired()
    assert all(channel.closed for channel in first.values())
    assert not any(channel.closed for channel in world.made[len(first) :])
    await world.close()
