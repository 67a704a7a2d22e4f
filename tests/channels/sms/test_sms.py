"""Text messages by Twilio."""

from dataclasses import replace

import pytest

from gateway.channels.contract import Channel, accepts_notice
from gateway.channels.sms.channel import VALID_FOR, Sms, SmsOptions, build
from gateway.channels.sms.segments import is_gsm7, segments
from gateway.channels.twilio.client import Credentials
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret, SourceSettings
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, ChannelContract
from tests.channels.messages import message
from tests.fakes import Behaviour, Fake, FakeTwilio

ACCOUNT = "AC" + 32 * "0"
ANA = Target("sms", "+4915112345678", person="ana")
OPTIONS = SmsOptions("+4930123456")
URL = "https://alerts.example.com/callbacks/sms"


class TestSms(ChannelContract):
    """The contract, and what is the text message's own."""

    target = ANA
    secret = "test-twilio-token"
    cut_mark = "..."  # the usual one would turn the message to UCS-2

    def vendor(self) -> Fake:
        return FakeTwilio(account_sid=ACCOUNT, token=self.secret)

    def make(
        self,
        fake: Fake,
        *,
        timeout: float = LONG,
        proxy: Secret | None = None,
        options: SmsOptions = OPTIONS,
    ) -> Channel:
        return Sms(
            Credentials(ACCOUNT, Secret(self.secret)),
            options,
            api_url=fake.url,
            proxy=proxy,
            total_timeout=timeout,
            connect_timeout=timeout,
        )

    def sent_text(self, fake: Fake) -> str:
        assert isinstance(fake, FakeTwilio)
        return fake.messages[-1]["Body"]

    async def test_message_has_sender_validity_and_the_signed_link(
        self, channel: Channel, fake: FakeTwilio
    ) -> None:
        """Without a way to answer, the link acknowledges; an hour later nobody is woken by it."""
        receipt = await channel.send(message(), ANA, None)
        (sent,) = fake.messages
        assert receipt == {"message_id": sent.sid}
        assert (sent["From"], sent["To"]) == ("+4930123456", "+4915112345678")
        assert sent["ValidityPeriod"] == str(VALID_FOR)
        assert sent.get("StatusCallback") == ""
        assert sent["Body"].endswith("\nhttps://gateway.example.com/ack/TOKEN")

    async def test_account_with_callbacks_asks_for_reports_and_shows_the_short_link(
        self, fake: FakeTwilio
    ) -> None:
        """Twilio says whether the message arrived; who can answer needs no signed link."""
        channel = self.make(fake, options=replace(OPTIONS, reports=True))
        await channel.send(message(callback_url=URL), ANA, None)
        await channel.close()
        (sent,) = fake.messages
        assert sent["StatusCallback"] == f"{URL}/status?notice=7001"
        assert sent["Body"].splitlines()[-2:] == [
            "Reply ACK 1042",
            "https://gateway.example.com/incidents/1042",
        ]

    async def test_messaging_service_replaces_the_sender(self, fake: FakeTwilio) -> None:
        """A service chooses one of its numbers itself."""
        service = "MG" + 32 * "0"
        channel = self.make(fake, options=SmsOptions(service))
        await channel.send(message(), ANA, None)
        await channel.close()
        (sent,) = fake.messages
        assert (sent["MessagingServiceSid"], sent.get("From")) == (service, "")

    async def test_api_key_sends_for_its_account(self) -> None:
        """The account's SID is in the URL, the key's in the credentials."""
        key = "SK" + 32 * "0"
        async with FakeTwilio(account_sid=ACCOUNT, username=key, token="test-secret") as fake:
            credentials = Credentials(ACCOUNT, Secret("test-secret"), key)
            channel = Sms(credentials, OPTIONS, api_url=fake.url)
            await channel.send(message(), ANA, None)
            await channel.close()
            assert len(fake.messages) == 1

    @pytest.mark.parametrize("most", [1, 2, 3])
    async def test_message_takes_no_more_segments_than_it_may(
        self, fake: FakeTwilio, most: int
    ) -> None:
        """Each segment is paid for: text is cut, the way to answer is not."""
        channel = self.make(fake, options=SmsOptions("+4930123456", most, reports=True))
        parts = {"text": "Überlastung: [prod] 5 €… " * 60}
        await channel.send(message(parts=parts), ANA, None)
        await channel.close()
        body = fake.messages[-1]["Body"]
        assert segments(body) == most
        assert is_gsm7(body)
        assert "...\nReply ACK 1042\nhttps://gateway.example.com/incidents/1042" in body

    async def test_simplest_form_has_no_link(self, channel: Channel, fake: FakeTwilio) -> None:
        """Carriers filter links; words must arrive at night."""
        await channel.send(message(reduced=True), ANA, None)
        assert "http" not in self.sent_text(fake)

    async def test_stopped_number_is_a_bad_recipient_that_says_how_to_return(
        self, channel: Channel, fake: FakeTwilio
    ) -> None:
        """21610: the person has sent STOP; only the person can allow messages again."""
        fake.refused[ANA.address] = 21610
        with pytest.raises(SendError, match="START") as caught:
            await channel.send(message(), ANA, None)
        assert caught.value.failure is Failure.BAD_RECIPIENT

    async def test_full_queue_notifies_the_fallback_at_once(
        self, channel: Channel, fake: Fake
    ) -> None:
        """21611: what Twilio would send in ten hours helps nobody now."""
        how = Behaviour(status=400, json={"code": 21611, "message": "queue full", "status": 400})
        error = await self.fails(channel, fake, how)
        assert error.failure is Failure.RATE_LIMITED
        assert error.retry_after is not None
        assert error.retry_after > 60

    @pytest.mark.parametrize("answer", ["{}", '{"sid": null}', '{"sid": 5}', "[]", '"SM"'])
    async def test_answer_without_a_sid_is_no_success(
        self, channel: Channel, fake: Fake, answer: str
    ) -> None:
        """A 201 that is not Twilio's own may be anything: perhaps sent."""
        error = await self.fails(channel, fake, Behaviour(status=201, body=answer))
        assert (error.failure, error.perhaps) == (Failure.BAD_ANSWER, True)

    async def test_environment_changes_neither_account_nor_host(
        self, fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The SDK would take its region, and so another host, from the environment."""
        for name in ("REGION", "EDGE", "ACCOUNT_SID", "AUTH_TOKEN"):
            monkeypatch.setenv(f"TWILIO_{name}", "test-elsewhere")
        channel = self.make(fake)
        await channel.send(message(), ANA, None)
        await channel.close()
        assert len(fake.messages) == 1

    async def test_nothing_of_a_request_stays_in_the_sdk(self, fake: FakeTwilio) -> None:
        """Promise 10: the SDK's own client keeps number, text and token of the last request."""
        channel = self.make(fake)
        await channel.send(message(), ANA, None)
        transport = channel._client.sdk.http_client  # type: ignore[attr-defined]
        assert transport._test_only_last_request is None
        assert transport._test_only_last_response is None
        await channel.close()


def test_sms_takes_what_a_person_must_know_and_nothing_more() -> None:
    """Quiet changes, comments and reports would wake somebody and cost money."""
    spec = CHANNELS["sms"]
    refused = [kind for kind in NoticeKind if not accepts_notice(spec, kind, quiet=False)]
    assert NoticeKind.UPDATE in refused
    assert NoticeKind.REPORT in refused
    assert NoticeKind.RESOLVED not in refused
    assert not accepts_notice(spec, NoticeKind.FIRING, quiet=True)


async def test_settings_make_a_channel() -> None:
    """`channels: sms:` in routes.yaml."""
    options = {"account_sid": ACCOUNT, "from": "+4930123456", "max_segments": "3"}
    callbacks = SourceSettings("sms", "callbacks", hmac=(Secret("test-token"),))
    channel = build(
        ChannelSettings("sms", options, {"token": Secret("test-token")}, callbacks=callbacks), {}
    )
    assert channel.takes_replies
    await channel.close()


@pytest.mark.parametrize(
    ("options", "secrets", "missing"),
    [
        ({"account_sid": ACCOUNT, "from": "+4930123456"}, {}, "token"),
        ({"from": "+4930123456"}, {"token": Secret("test-token")}, "account_sid"),
        ({"account_sid": ACCOUNT}, {"token": Secret("test-token")}, "from"),
    ],
)
def test_settings_that_lack_something_are_named(
    options: dict[str, str], secrets: dict[str, Secret], missing: str
) -> None:
    """The SDK would be built silently and fail at night."""
    with pytest.raises(ValueError, match=f"channels.sms.{missing} is missing"):
        build(ChannelSettings("sms", options, secrets), {})
