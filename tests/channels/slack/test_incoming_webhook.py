"""Tests of Slack's incoming webhooks: each notice is a message of its own."""

import json

import pytest

from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.channels.slack.incoming_webhook import IncomingWebhook
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure, Scope
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, ChannelContract, all_texts
from tests.channels.messages import message
from tests.fakes import Behaviour, Fake, FakeSlack

TOKEN = "test-webhook-token-0000"
PATH = f"/services/T0TEST/B0TEST/{TOKEN}"


def answer(status: int, body: str, **headers: str) -> Behaviour:
    """Slack answers in plain text."""
    return Behaviour(status=status, body=body, content_type="text/plain", headers=headers)


class TestIncomingWebhook(ChannelContract):
    """The contract, and what is an incoming webhook's own."""

    target = Target("slack", "#billing-alerts")
    secret = TOKEN
    unwanted = (*ChannelContract.unwanted, "<!channel>", "<!here>", "<@U012AB>", "<#C1>", "<!sub")

    def vendor(self) -> Fake:
        return FakeSlack()

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        url = Secret(f"{fake.url}{PATH}")
        return IncomingWebhook(url, total_timeout=timeout, proxy=proxy)

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.received[-1].json))

    async def test_a_later_notice_is_a_message_of_its_own(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """Nothing can be edited, so what people must read is posted again, with its reason."""
        receipt = await channel.send(message(), self.target, None)
        worse = message(kind=NoticeKind.WORSE, reason=NotifyReason.WORSE)
        await channel.send(worse, self.target, receipt)
        first, second = fake.hooked[PATH]
        assert "worse severity" not in json.dumps(first)
        assert "worse severity" in json.dumps(second)
        assert all("thread_ts" not in one for one in (first, second))

    def test_quiet_changes_are_not_posted(self, channel: Channel) -> None:
        """A change that only edits a message elsewhere would be noise here."""
        assert not channel.accepts(NoticeKind.FIRING, quiet=True)
        assert channel.accepts(NoticeKind.RESOLVED, quiet=False)

    async def test_without_an_app_for_buttons_the_text_has_links(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """Slack warns beside a pressed button that no app takes, so there is none."""
        await channel.send(message(), self.target, None)
        (posted,) = fake.hooked[PATH]
        assert "actions" not in {block["type"] for block in posted["blocks"]}
        assert "|Acknowledge>" in posted["blocks"][-1]["text"]["text"]

    async def test_an_account_with_a_signing_secret_has_buttons(self, fake: FakeSlack) -> None:
        """The webhook's app then takes presses."""
        secrets = {"webhook_url": Secret(fake.webhook_url(TOKEN)), "signing_secret": Secret("s")}
        settings = ChannelSettings("slack", secrets=secrets, only_posts=True)
        channel = build(settings, {})
        await channel.send(message(), self.target, None)
        await channel.close()
        (posted,) = fake.hooked[PATH]
        assert posted["blocks"][-1]["type"] == "actions"

    async def test_refused_blocks_are_sent_as_plain_text(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """The reduced form has the links and no blocks."""
        await channel.send(message(reduced=True), self.target, None)
        (posted,) = fake.hooked[PATH]
        assert "blocks" not in posted
        assert "|Acknowledge>" in posted["text"]

    @pytest.mark.parametrize(
        ("status", "body", "failure"),
        [
            (400, "invalid_payload", Failure.BAD_CONTENT),
            (400, "no_text", Failure.BAD_CONTENT),
            (403, "action_prohibited", Failure.MISCONFIGURED),
            (404, "no_service", Failure.MISCONFIGURED),
            (404, "channel_not_found", Failure.MISCONFIGURED),
            (410, "channel_is_archived", Failure.MISCONFIGURED),
            (500, "rollup_error", Failure.SERVER_ERROR),
            (200, "no_service", Failure.MISCONFIGURED),
            (200, "an_error_of_tomorrow", Failure.UNKNOWN),
            (200, "", Failure.BAD_ANSWER),
        ],
    )
    async def test_slacks_plain_text_is_classified(
        self, channel: Channel, fake: FakeSlack, status: int, body: str, failure: Failure
    ) -> None:
        """Status and body decide together; only the body "ok" is a success."""
        error = await self.fails(channel, fake, answer(status, body))
        assert error.failure is failure
        assert body in error.detail

    async def test_a_rate_limit_holds_the_account(self, channel: Channel, fake: FakeSlack) -> None:
        """Slack limits each webhook, and an account is one webhook."""
        how = answer(429, "rate_limited", **{"Retry-After": "7"})
        error = await self.fails(channel, fake, how)
        assert (error.failure, error.retry_after) == (Failure.RATE_LIMITED, 7.0)
        assert error.scope is Scope.ACCOUNT
