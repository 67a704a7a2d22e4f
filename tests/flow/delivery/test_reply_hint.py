"""A mail that can be replied to says so."""

from pathlib import Path

import pytest

from gateway.channels.contract import Channel
from gateway.config.load import Config
from tests.flow.world import FakeChannel, World, alert


class Replied(FakeChannel):
    """A channel whose messages may be replied to."""

    takes_replies = True


class RepliedWorld(World):
    """A world whose mails may be replied to, or not."""

    takes_replies = True

    def channels(self, config: Config) -> dict[str, Channel]:
        channels = super().channels(config)
        return {**channels, "email": Replied("email", self)} if self.takes_replies else channels


@pytest.mark.parametrize("takes_replies", [True, False])
async def test_only_mails_of_one_person_ask_for_replies(
    tmp_path: Path, *, takes_replies: bool
) -> None:
    """Where no inbound address is declared, and in shared mailboxes, nothing is promised."""
    world = RepliedWorld(f"sqlite:///{tmp_path}/gateway.db")
    world.takes_replies = takes_replies
    await world.start()
    await world.post(alert())
    await world.advance(1.0)
    hint = "Reply with ack or escalate"
    mails = {
        one.to: hint in one.message.parts["text"]
        for one in world.delivered
        if one.channel == "email"
    }
    assert mails == {
        "email:ana@example.com": takes_replies,
        "email:billing-oncall@example.com": False,
    }
    await world.close()
