"""Tests of the Slack channel: one message per incident, which is edited."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.channels.contract import Channel
from gateway.channels.slack.blocks import ALL_TEXT, FALLBACK_TEXT, blocks
from gateway.channels.slack.channel import Slack, build
from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, ChannelContract, all_texts
from tests.channels.messages import LINKS, PARTS, alert, facts, message, oversized
from tests.fakes import Behaviour, Fake, FakeSlack

CHANNEL = "#billing-alerts"


def error_response(error: str, status: int = 200, **headers: str) -> Behaviour:
    """Slack refuses."""
    return Behaviour(status=status, json={"ok": False, "error": error}, headers=headers)


def texts_of_fields(blocks: Any) -> list[str]:
    """The texts of all fields."""
    return [field["text"] for block in blocks for field in block.get("fields", ())]


class TestSlack(ChannelContract):
    """The contract, and what is Slack's own."""

    target = Target("slack", CHANNEL)
    secret = "test-slack-token"
    unwanted = (*ChannelContract.unwanted, "<!channel>", "<!here>", "<@U012AB>", "<#C1>", "<!sub")

    def vendor(self) -> Fake:
        return FakeSlack(token=self.secret)

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        url = f"{fake.url}/api/"
        return Slack(Secret(self.secret), api_url=url, total_timeout=timeout, proxy=proxy)

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.received[-1].json))

    async def test_the_message_is_posted_once_and_then_updated(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """Promise 3: one message per incident; later notices update it and add a short reply."""
        receipt = await channel.send(message(), self.target, None)
        acked = message(
            kind=NoticeKind.ACKNOWLEDGED,
            reason=NotifyReason.ACKNOWLEDGED,
            status="acknowledged",
            parts={**PARTS, "title": "Ana has it", "thread": "Ana has it"},
        )
        again = await channel.send(acked, self.target, receipt)
        assert again == receipt
        (posted,) = fake.posted(CHANNEL)
        assert "Ana has it" in json.dumps(posted["blocks"])
        (reply,) = fake.replies(CHANNEL, posted["ts"])
        assert reply["text"] == "Ana has it"

    async def test_a_small_change_makes_no_sound(self, channel: Channel, fake: FakeSlack) -> None:
        """Some alerts resolved: shown in the message, no reply."""
        receipt = await channel.send(message(), self.target, None)
        await channel.send(message(reason=NotifyReason.SOME_RESOLVED), self.target, receipt)
        (posted,) = fake.posted(CHANNEL)
        assert fake.replies(CHANNEL, posted["ts"]) == []

    async def test_an_update_never_parses_names_into_mentions(
        self, channel: Channel, fake: Fake
    ) -> None:
        """E17: chat.update defaults to parse=client: @here in a label would be a mention."""
        receipt = await channel.send(message(), self.target, None)
        await channel.send(message(reason=NotifyReason.SOME_RESOLVED), self.target, receipt)
        assert fake.received[-1].json["parse"] == "none"
        assert all("link_names" not in request.json for request in fake.received)

    async def test_a_failed_reply_is_repeated_without_a_second_message(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """The update went through, the reply did not: trying again updates and replies once."""
        receipt = await channel.send(message(), self.target, None)
        worse = message(kind=NoticeKind.WORSE, reason=NotifyReason.WORSE)
        fake.script(Behaviour(), error_response("ratelimited", 429, **{"Retry-After": "3"}))
        with pytest.raises(SendError) as caught:
            await channel.send(worse, self.target, receipt)
        assert caught.value.retry_after == 3.0
        await channel.send(worse, self.target, receipt)
        (posted,) = fake.posted(CHANNEL)
        assert len(fake.replies(CHANNEL, posted["ts"])) == 1

    @pytest.mark.parametrize("gone", ["message_not_found", "cant_update_message"])
    async def test_deleted_message_is_posted_again(
        self, channel: Channel, fake: FakeSlack, gone: str
    ) -> None:
        """Somebody deleted it: the news still comes, and the new message is the living one."""
        receipt = await channel.send(message(), self.target, None)
        fake.script(error_response(gone))
        again = await channel.send(message(kind=NoticeKind.REPEAT), self.target, receipt)
        assert again["ts"] != receipt["ts"]
        assert len(fake.posted(CHANNEL)) == 2

    async def test_a_thread_that_is_gone_is_no_reason_for_silence(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """An update alone notifies nobody; without a reply the message is posted anew."""
        receipt = await channel.send(message(), self.target, None)
        fake.script(Behaviour(), error_response("thread_not_found"))
        await channel.send(message(kind=NoticeKind.ESCALATION), self.target, receipt)
        assert len(fake.posted(CHANNEL)) == 2

    async def test_person_gets_a_direct_message(self, channel: Channel, fake: FakeSlack) -> None:
        """A user id opens a direct message; updates go to the channel id that Slack returned."""
        ana = Target("slack", "U012AB", person="ana")
        receipt = await channel.send(message(), ana, None)
        assert receipt["channel"].startswith("D")
        await channel.send(message(kind=NoticeKind.REPEAT), ana, receipt)
        assert len(fake.posted("U012AB")) == 1

    @pytest.mark.parametrize("kind", [NoticeKind.DIGEST, NoticeKind.TEST])
    async def test_digests_and_tests_stand_for_themselves(
        self, channel: Channel, fake: FakeSlack, kind: NoticeKind
    ) -> None:
        """Neither overwrites an incident's message, nor becomes the one that is updated."""
        receipt = await channel.send(message(), self.target, None)
        after = await channel.send(message(kind=kind), self.target, receipt)
        assert {name: after[name] for name in receipt} == receipt
        alone = await channel.send(message(kind=kind), self.target, None)
        await channel.send(message(), self.target, alone)
        assert len(fake.posted(CHANNEL)) == 4

    async def test_a_digest_has_no_number(self, channel: Channel, fake: FakeSlack) -> None:
        """Many incidents in one message: it is not called incident #0."""
        folded = message(
            kind=NoticeKind.DIGEST, incident=0, parts={}, facts={"title": "24 incidents"}
        )
        await channel.send(folded, self.target, None)
        assert "#0" not in self.sent_text(fake)
        assert "24 incidents" in self.sent_text(fake)

    @pytest.mark.parametrize(
        ("error", "failure", "perhaps"),
        [
            ("invalid_auth", Failure.MISCONFIGURED, False),
            ("missing_scope", Failure.MISCONFIGURED, False),
            ("account_inactive", Failure.MISCONFIGURED, False),
            ("channel_not_found", Failure.BAD_RECIPIENT, False),
            ("is_archived", Failure.BAD_RECIPIENT, False),
            ("restricted_action_read_only_channel", Failure.BAD_RECIPIENT, False),
            ("ratelimited", Failure.RATE_LIMITED, False),
            ("internal_error", Failure.SERVER_ERROR, True),
            ("fatal_error", Failure.SERVER_ERROR, True),
            ("service_unavailable", Failure.SERVER_ERROR, False),
            ("request_timeout", Failure.TIMEOUT, True),
            ("an_error_of_tomorrow", Failure.UNKNOWN, False),
        ],
    )
    async def test_ok_false_in_a_200_is_a_failure(
        self, channel: Channel, fake: Fake, error: str, failure: Failure, perhaps: bool
    ) -> None:
        """E12: the body decides, not HTTP 200; an unknown error is never a success."""
        send_error = await self.fails(channel, fake, error_response(error))
        assert (send_error.failure, send_error.perhaps) == (failure, perhaps)
        assert error in send_error.detail

    async def test_ok_is_enough(self, channel: Channel, fake: FakeSlack) -> None:
        """E12: `ok` decides; what was accepted is not sent again for want of a `ts`."""
        fake.script(Behaviour(status=200, json={"ok": True}, accept=True))
        receipt = await channel.send(message(), self.target, None)
        assert receipt == {}
        again = await channel.send(message(kind=NoticeKind.REPEAT), self.target, receipt)
        assert sorted(again) == ["channel", "thread", "ts"]

    async def test_a_429_is_not_fatal(self, channel: Channel, fake: Fake) -> None:
        """E11: after a 429 the message is sent again when Retry-After has passed."""
        how = error_response("ratelimited", 429, **{"Retry-After": "30"})
        send_error = await self.fails(channel, fake, how)
        assert (send_error.failure, send_error.retry_after) == (Failure.RATE_LIMITED, 30.0)

    async def test_the_reduced_form_is_plain_text_with_its_links(
        self, channel: Channel, fake: FakeSlack
    ) -> None:
        """E12: when Slack refuses the blocks, text and links still arrive."""
        receipt = await channel.send(message(), self.target, None)
        await channel.send(replace(message(), reduced=True), self.target, receipt)
        (posted,) = fake.posted(CHANNEL)
        assert posted["blocks"] == []
        assert "A customer was charged twice" in posted["text"]
        assert "<https://gateway.example.com/ack/TOKEN|Acknowledge>" in posted["text"]

    async def test_the_reduced_form_is_short(self, channel: Channel, fake: FakeSlack) -> None:
        """E12: neither blocks nor length can be the reason for refusing it."""
        await channel.send(replace(oversized(), reduced=True), self.target, None)
        (posted,) = fake.posted(CHANNEL)
        assert len(posted["text"]) <= FALLBACK_TEXT
        assert "metadata" not in posted

    async def test_all_text_stays_below_what_slack_has_refused(
        self, channel: Channel, fake: Fake
    ) -> None:
        """E12: many fields and alerts together stay in budget, and what is left out is counted."""
        listed = [alert(n, **{f"{k}" * 30: f"&{n}" * 90 for k in "abcdef"}) for n in range(100)]
        labels = {f"label{n}" * 10: "<" * 60 for n in range(30)}
        full = message(
            facts=facts(listed, common_labels=labels, more=12),
            parts={**PARTS, "text": "word " * 1000},
            links=(*LINKS[:3], Link("source", "Source", "https://example.com/" + "u" * 2000)),
        )
        await channel.send(full, self.target, None)
        blocks = fake.received[0].json["blocks"]
        texts = [text for text in all_texts(blocks) if len(text) > 20]
        assert 0.8 * ALL_TEXT < sum(map(len, texts)) <= ALL_TEXT
        assert "more, see <https://gateway.example.com/incidents/1042|the incident>" in "\n".join(
            texts
        )
        assert "more labels" in "\n".join(texts_of_fields(blocks))

    async def test_slack_links_nothing_by_itself(self, channel: Channel, fake: Fake) -> None:
        """E17: host names and addresses in labels are text; only our links are links."""
        await channel.send(message(), self.target, None)
        blocks = json.dumps(fake.received[0].json["blocks"])
        assert blocks.count('"mrkdwn"') == blocks.count('"verbatim": true')

    async def test_the_notice_can_be_found_by_its_ids(self, channel: Channel, fake: Fake) -> None:
        """Promise 3: a repeat after an ambiguous failure is recognisable by its metadata."""
        await channel.send(message(), self.target, None)
        assert fake.received[0].json["metadata"] == {
            "event_type": "gateway_notice",
            "event_payload": {"incident": 1042, "notice": 7001},
        }

    async def test_severity_is_said_in_words_too(self, channel: Channel, fake: Fake) -> None:
        """Not everybody sees colours; a screen reader reads the text."""
        await channel.send(message(), self.target, None)
        body = fake.received[0].json
        assert body["text"].startswith("🔴 CRITICAL: ")
        assert "critical" in body["blocks"][1]["elements"][0]["text"]

    async def test_the_buttons_lead_to_pages(self, channel: Channel, fake: Fake) -> None:
        """Promise 5: Acknowledge opens the confirmation page; nothing happens by the link alone."""
        await channel.send(message(), self.target, None)
        actions = fake.received[0].json["blocks"][-1]
        assert [(b["text"]["text"], b["url"]) for b in actions["elements"]] == [
            (link.text, link.url) for link in LINKS
        ]
        assert actions["elements"][0]["style"] == "primary"

    async def test_what_is_over_has_no_acknowledge_button(
        self, channel: Channel, fake: Fake
    ) -> None:
        """Nobody is asked to take what is taken or over."""
        over = message(kind=NoticeKind.RESOLVED, reason=NotifyReason.RESOLVED, status="resolved")
        await channel.send(over, self.target, None)
        assert "/ack/" not in fake.received[0].raw.decode()

    async def test_unsafe_links_become_no_buttons(self, channel: Channel, fake: Fake) -> None:
        """E17: javascript: and the like are left out, and the rest stays."""
        odd = message(links=(Link("runbook", "Runbook", "javascript:alert(1)"), LINKS[2]))
        await channel.send(odd, self.target, None)
        (button,) = fake.received[0].json["blocks"][-1]["elements"]
        assert button["text"]["text"] == "Incident #1042"

    async def test_the_environments_proxy_is_not_used(
        self, fake: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """slack_sdk would send everything through HTTPS_PROXY, and ignore NO_PROXY."""
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        channel = self.make(fake)
        await channel.send(message(), self.target, None)
        assert len(fake.accepted) == 1
        await channel.close()


@pytest.mark.parametrize("secrets", [{}, {"token": Secret("")}])
async def test_a_missing_token_is_named(secrets: dict[str, Secret]) -> None:
    """An admin reads what is missing and what to do."""
    with pytest.raises(ValueError, match=r"channels\.slack\.token is missing.*provider: console"):
        build(ChannelSettings("slack", {}, secrets), {})


async def test_settings_make_a_channel() -> None:
    """`channels: slack:` as it is written in routes.yaml."""
    settings: Any = ChannelSettings(
        "slack", {"api_url": "http://127.0.0.1:1/api/"}, {"token": Secret("test-slack-token")}
    )
    channel = build(settings, {})
    await channel.close()


def test_acknowledged_message_has_buttons_to_take_over_and_undo() -> None:
    """E20: the Take over button names the incident and the holder whom the message shows."""
    url = "https://gateway.example.com/ack/TOKEN"
    shown = message(
        status="acknowledged",
        kind=NoticeKind.ACKNOWLEDGED,
        reason=NotifyReason.ACKNOWLEDGED,
        links=(Link("take", "Take over", url), Link("undo", "Undo", url)),
        facts=facts(status="acknowledged", ack={"by": "ana", "name": "Ana"}),
    )
    (actions,) = [one for one in blocks(shown) if one["type"] == "actions"]
    assert [(one["action_id"], one["value"]) for one in actions["elements"]] == [
        ("gateway_take", "1042:ana"),
        ("gateway_undo", "1042"),
    ]
