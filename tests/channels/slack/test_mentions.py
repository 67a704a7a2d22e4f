"""People who are paged are mentioned in the messages of their incident's channel."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.channels.slack.channel import Slack
from gateway.channels.slack.incoming_webhook import IncomingWebhook
from gateway.channels.slack.mrkdwn import mention
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.fakes import FakeSlack

TARGET = Target("slack", "#billing-alerts")


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
async def slack(fake: FakeSlack) -> AsyncIterator[Slack]:
    channel = Slack(Secret("test-slack-token"), api_url=fake.api_url)
    yield channel
    await channel.close()


def mentioned(content: dict[str, Any]) -> tuple[bool, bool]:
    """Return whether ana is mentioned in the notification's text, and in the blocks."""
    return "<@U0ANA>" in content["text"], "<@U0ANA>" in json.dumps(content.get("blocks", ""))


async def test_first_message_mentions_in_text_and_blocks(slack: Slack, fake: FakeSlack) -> None:
    """The text is what the phone shows, the blocks are what the channel shows."""
    await slack.send(message(mentions=("U0ANA",)), TARGET, None)
    (posted,) = fake.posted(TARGET.address)
    assert mentioned(posted) == (True, True)


async def test_person_paged_later_is_mentioned_in_the_thread(slack: Slack, fake: FakeSlack) -> None:
    """An edit rings no phone, a reply does; a reason without a sound gets its reply, too."""
    receipt = await slack.send(message(), TARGET, None)
    later = message(kind=NoticeKind.FIRING, reason=NotifyReason.SOME_RESOLVED, mentions=("U0ANA",))
    await slack.send(later, TARGET, receipt)
    (posted,) = fake.posted(TARGET.address)
    (reply,) = fake.replies(TARGET.address, posted["ts"])
    assert "<@U0ANA>" in reply["text"]


async def test_plain_message_still_mentions(slack: Slack, fake: FakeSlack) -> None:
    """What is sent after Slack refused the blocks pages the same people."""
    await slack.send(message(mentions=("U0ANA",), reduced=True), TARGET, None)
    (posted,) = fake.posted(TARGET.address)
    assert mentioned(posted) == (True, False)


async def test_incoming_webhook_mentions(fake: FakeSlack) -> None:
    """A webhook reaches nobody in person, but a mention rings."""
    channel = IncomingWebhook(Secret(fake.webhook_url("test-webhook-token")))
    await channel.send(message(mentions=("U0ANA",)), TARGET, None)
    await channel.close()
    ((posted,),) = fake.hooked.values()
    assert mentioned(posted) == (True, True)


@pytest.mark.parametrize("user", ["", "ana", "!channel", "U0ANA>|x", "C0BILLING", "U0ANA\n"])
def test_only_a_members_id_becomes_a_mention(user: str) -> None:
    """What somebody wrote into routes.yaml cannot call the whole channel."""
    assert mention(user) == ""
