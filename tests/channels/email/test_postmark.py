"""E-mail by Postmark."""

import json
from dataclasses import replace
from email.header import decode_header, make_header
from typing import Any, cast

import pytest

from gateway.channels.contract import Channel, accepts_notice
from gateway.channels.email.channel import build
from gateway.channels.email.mail import MailOptions
from gateway.channels.email.postmark.channel import PostmarkEmail
from gateway.core.incidents.message import NOTE
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, SHORT, ChannelContract, all_texts
from tests.channels.messages import HOSTILE, PARTS, facts, message, oversized
from tests.fakes import Behaviour, Fake, FakePostmark
from tests.fakes.postmark import headers_of

OPTIONS = MailOptions(sender="Alerts <alerts@example.com>")


def with_headers(texts: dict[str, str]) -> Target:
    """A target with headers of the file."""
    return Target("email", "ana@example.com", options={"headers": json.dumps(texts)})


def error_response(status: int, code: int, text: str = "no") -> Behaviour:
    """Postmark refuses."""
    return Behaviour(status=status, json={"ErrorCode": code, "Message": text})


class TestEmail(ChannelContract):
    """The contract, and what is e-mail's own."""

    target = Target("email", "ana@example.com", person="ana")
    secret = "test-postmark-token"

    def vendor(self) -> Fake:
        return FakePostmark(token=self.secret)

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        return PostmarkEmail(
            Secret(self.secret),
            OPTIONS,
            stream="alerts",
            api_url=f"{fake.url}/",
            total_timeout=timeout,
            proxy=proxy,
        )

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.received[-1].json))

    async def test_a_mail_is_complete(self, channel: Channel, fake: FakePostmark) -> None:
        """Sender, one recipient, both bodies, the stream, no tracking, our ids."""
        await channel.send(message(), self.target, None)
        (mail,) = fake.mails
        assert mail["From"] == "Alerts <alerts@example.com>"
        assert mail["To"] == "ana@example.com"
        assert mail["Subject"] == PARTS["subject"]
        assert (mail["TextBody"], mail["HtmlBody"]) == (PARTS["text"], PARTS["html"])
        assert (mail["Cc"], mail["Bcc"]) == (None, None)
        assert mail["MessageStream"] == "alerts"
        assert (mail["TrackOpens"], mail["TrackLinks"]) == (False, "None")
        assert mail["Metadata"] == {"incident": "1042", "notice": "7001"}

    async def test_a_repeat_of_a_notice_is_recognisable(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """Promise 3: each attempt carries the notice's id and the same Message-ID."""
        await channel.send(message(), self.target, None)
        await channel.send(message(), self.target, None)
        first, second = (headers_of(mail) for mail in fake.mails)
        assert first["X-Gateway-Notice"] == second["X-Gateway-Notice"] == "7001"
        assert first["Message-ID"] == second["Message-ID"]
        assert first["X-PM-KeepID"] == "true", "without it Postmark replaces our id"

    async def test_the_mails_of_an_incident_form_a_thread(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """Each later mail refers to the first; another notice is not a copy of it."""
        receipt = await channel.send(message(), self.target, None)
        second = message(notice_id=7002, kind=NoticeKind.REPEAT)
        receipt = await channel.send(second, self.target, receipt)
        await channel.send(message(notice_id=7003, kind=NoticeKind.RESOLVED), self.target, receipt)
        heads = [headers_of(mail) for mail in fake.mails]
        assert len({head["Message-ID"] for head in heads}) == 3
        root = heads[0]["References"]
        for later in heads[1:]:
            assert later["References"].split() == [root, heads[0]["Message-ID"]]
            assert later["In-Reply-To"] == heads[0]["Message-ID"]

    async def test_a_subject_is_one_line(self, channel: Channel, fake: FakePostmark) -> None:
        """E17: a line end in a label must not start another header."""
        subject = "down\r\nBcc: eve@example.com\x00 " + HOSTILE[9]
        await channel.send(message(parts={**PARTS, "subject": subject}), self.target, None)
        assert fake.mails[0]["Subject"].startswith("down Bcc: eve@example.com xxx")
        assert len(fake.mails[0]["Subject"]) == 200

    async def test_a_body_beyond_measure_is_cut_with_a_link(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """The text says where the rest is; HTML, which cannot be cut, is left out."""
        await channel.send(oversized(), self.target, None)
        (mail,) = fake.mails
        assert mail["TextBody"].endswith(
            "… cut here, see https://gateway.example.com/incidents/1042"
        )
        assert mail["HtmlBody"] is None

    async def test_no_text_at_all_is_still_a_mail(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """E16: postmarker would fail an assertion on an empty body."""
        await channel.send(message(parts={}, facts=facts()), self.target, None)
        assert fake.mails[0]["TextBody"] == "Incident #1042: firing"

    async def test_reply_address_has_the_token(self, fake: FakePostmark) -> None:
        """Postmark gives what is behind the plus back; without a token replies go elsewhere."""
        options = replace(OPTIONS, reply_to="team@example.com", inbound_address="in@example.com")
        channel = PostmarkEmail(Secret(self.secret), options, api_url=f"{fake.url}/")
        try:
            await channel.send(replace(message(), reply_token="test-token"), self.target, None)
            await channel.send(message(), self.target, None)
        finally:
            await channel.close()
        sent = [one.json["ReplyTo"] for one in fake.accepted]
        assert sent == ["in+test-token@example.com", "team@example.com"]

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "ana",
            "ana@example.com,eve@example.com",
            "ana@example.com\r\nBcc: eve@example.com",
            "Ana <ana@example.com>",
            "a@b@example.com",
        ],
    )
    async def test_only_one_plain_address_is_written_to(
        self, channel: Channel, fake: Fake, address: str
    ) -> None:
        """What could be read as several recipients is refused before anything is sent."""
        with pytest.raises(SendError) as caught:
            await channel.send(message(), Target("email", address), None)
        assert caught.value.failure is Failure.BAD_RECIPIENT
        assert fake.received == []

    async def test_a_suppressed_recipient_is_permanent(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """E15: bounced before: the message is undelivered and the next contact is to be used."""
        fake.inactive.add("ana@example.com")
        with pytest.raises(SendError) as caught:
            await channel.send(message(), self.target, None)
        assert caught.value.failure is Failure.BAD_RECIPIENT
        assert "inactive" in caught.value.detail

    @pytest.mark.parametrize(
        ("status", "code", "failure"),
        [
            (401, 10, Failure.MISCONFIGURED),
            (422, 300, Failure.BAD_CONTENT),
            (422, 400, Failure.MISCONFIGURED),
            (422, 401, Failure.MISCONFIGURED),
            (422, 402, Failure.BAD_CONTENT),
            (422, 403, Failure.BAD_CONTENT),
            (422, 405, Failure.MISCONFIGURED),
            (422, 406, Failure.BAD_RECIPIENT),
            (422, 411, Failure.BAD_CONTENT),
            (422, 412, Failure.MISCONFIGURED),
            (422, 413, Failure.MISCONFIGURED),
            (422, 9999, Failure.UNKNOWN),
            (413, 0, Failure.BAD_CONTENT),
            (429, 429, Failure.RATE_LIMITED),
            (500, 500, Failure.SERVER_ERROR),
            (503, 100, Failure.SERVER_ERROR),
        ],
    )
    async def test_postmarks_codes_are_told_apart_from_http(
        self, channel: Channel, fake: Fake, status: int, code: int, failure: Failure
    ) -> None:
        """E15: ErrorCodes and HTTP statuses share numbers that mean different things."""
        error = await self.fails(channel, fake, error_response(status, code))
        assert error.failure is failure

    async def test_a_500_is_perhaps_sent_a_503_is_not(self, channel: Channel, fake: Fake) -> None:
        """Postmark: on 500 the message is lost in most cases only."""
        assert (await self.fails(channel, fake, error_response(500, 0))).perhaps
        assert not (await self.fails(channel, fake, error_response(503, 100))).perhaps

    async def test_json_of_a_proxy_is_a_bad_answer(self, channel: Channel, fake: Fake) -> None:
        """postmarker fails with a KeyError there and forgets the status: perhaps sent."""
        how = Behaviour(status=502, json={"error": "bad gateway"})
        error = await self.fails(channel, fake, how)
        assert (error.failure, error.perhaps) == (Failure.BAD_ANSWER, True)

    async def test_an_error_code_in_a_200_is_a_failure(self, channel: Channel, fake: Fake) -> None:
        """Accepted means ErrorCode 0."""
        error = await self.fails(channel, fake, error_response(200, 406))
        assert error.failure is Failure.BAD_RECIPIENT

    async def test_the_users_netrc_and_proxies_are_not_used(
        self, fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        """requests would add credentials from .netrc and send through HTTP_PROXY."""
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login eve password test-netrc\n")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        channel = self.make(fake)
        await channel.send(message(), self.target, None)
        assert "Authorization" not in cast(FakePostmark, fake).received[0].headers
        await channel.close()

    async def test_the_thread_itself_does_not_wait_for_ever(self, fake: Fake) -> None:
        """postmarker has no timeout of its own; without ours a slot would be lost for good."""
        channel = PostmarkEmail(Secret(self.secret), OPTIONS, api_url=fake.url, total_timeout=SHORT)
        error = await self.fails(channel, fake, Behaviour(hang="after"))
        assert (error.failure, error.perhaps) == (Failure.TIMEOUT, True)
        await channel.close()

    async def test_copies_go_out_with_the_mail(self, channel: Channel, fake: FakePostmark) -> None:
        """One mail for all of them: they see each other."""
        target = Target("email", "ana@example.com", options={"cc": "ben@example.com, c@b.com"})
        await channel.send(message(), target, None)
        (mail,) = fake.mails
        assert (mail["To"], mail["Cc"]) == ("ana@example.com", "ben@example.com,c@b.com")

    async def test_headers_of_the_file_are_filled(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """From labels, annotations and the incident; one without text is omitted."""
        texts = {
            "X-Team": "{{ labels.team | upper }}",
            "X-What": "{{ name }} is {{ status }} ({{ severity }}) #{{ incident }}",
            "X-Summary": "{{ annotations.summary }}",
            "X-Nothing": "{{ labels.nothing }}",
            "Importance": "low",
            "Reply-To": "billing@example.com",
        }
        await channel.send(message(), with_headers(texts), None)
        headers = headers_of(fake.mails[0])
        assert headers["X-Team"] == "BILLING"
        assert headers["X-What"] == "DoubleChargeDetected is firing (critical) #1042"
        assert headers["X-Summary"] == "A customer was charged twice"
        assert "X-Nothing" not in headers
        assert headers["Importance"] == "low", "the file's wins over the gateway's own"
        assert headers["Message-ID"]
        assert "Reply-To" not in headers
        assert fake.mails[0]["ReplyTo"] == "billing@example.com"

    @pytest.mark.parametrize("value", HOSTILE)
    async def test_no_label_begins_another_header(
        self, channel: Channel, fake: FakePostmark, value: str
    ) -> None:
        """E17: a header is one line of ASCII, also if a label has line ends."""
        common = {"common_labels": {"a": value}}
        target = with_headers({"X-A": "a {{ labels.a }}"})
        await channel.send(message(facts=facts(**common)), target, None)
        header = headers_of(fake.mails[0])["X-A"]
        assert header.isascii()
        assert header.isprintable()
        assert not {"Bcc", "bcc"} & headers_of(fake.mails[0]).keys()

    async def test_text_beyond_ascii_is_encoded(self, channel: Channel, fake: FakePostmark) -> None:
        """RFC 2047: mail programs decode it."""
        await channel.send(message(), with_headers({"X-Team": "Zürich" * 40}), None)
        decoded = make_header(decode_header(headers_of(fake.mails[0])["X-Team"]))
        assert str(decoded) == "Zürich" * 40

    async def test_mail_of_which_only_the_copies_go_out_is_a_failure(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """The recipient bounced before and gets nothing, although Postmark accepts the mail."""
        target = Target("email", "ana@example.com", options={"cc": "ben@example.com"})
        fake.inactive.add("ana@example.com")
        with pytest.raises(SendError) as caught:
            await channel.send(message(), target, None)
        assert caught.value.failure is Failure.BAD_RECIPIENT
        assert "only the copies were sent" in caught.value.detail

    async def test_simplest_form_has_neither_copies_nor_headers_of_the_file(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """What Postmark refuses of them must not keep the page from its recipient."""
        how = error_response(422, 300, "Error parsing 'Cc': Illegal email domain in address")
        assert (await self.fails(channel, fake, how)).failure is Failure.BAD_CONTENT
        options = {"cc": "ben@example.com", "headers": '{"X-A": "b"}'}
        target = Target("email", "ana@example.com", options=options)
        await channel.send(replace(message(), reduced=True), target, None)
        (mail,) = fake.mails
        assert mail["Cc"] is None
        assert "X-A" not in headers_of(mail)

    async def test_copy_that_bounced_before_fails_nothing(
        self, channel: Channel, fake: FakePostmark
    ) -> None:
        """The recipient gets the mail."""
        target = Target("email", "ana@example.com", options={"cc": "ben@example.com"})
        fake.inactive.add("ben@example.com")
        receipt = await channel.send(message(), target, None)
        assert receipt[NOTE] == "not to the copies ben@example.com (inactive)"

    def test_quiet_changes_are_no_mail(self) -> None:
        """A quiet update, which could only edit a message, sends no mail."""
        assert not accepts_notice(CHANNELS["email"], NoticeKind.FIRING, quiet=True)


@pytest.mark.parametrize(
    ("options", "secrets", "field"),
    [
        ({"from": "a@example.com"}, {}, "token is missing"),
        ({"from": "a@example.com"}, {"token": Secret("")}, "token is missing"),
        ({}, {"token": Secret("test-token")}, "from is missing"),
        ({"provider": "sendmail"}, {"token": Secret("test-token")}, "provider is 'sendmail'"),
        (
            {"from": "a@example.com", "api_url": "http://127.0.0.1:1/prefix/"},
            {"token": Secret("test-token")},
            "api_url must be host and port only",
        ),
    ],
)
async def test_settings_that_cannot_work_are_named(
    options: dict[str, str], secrets: dict[str, Secret], field: str
) -> None:
    """Each error names the field and what to do. A path in api_url would silently be dropped."""
    with pytest.raises(ValueError, match=f"channels.email.{field}"):
        build(ChannelSettings("email", options, secrets), {})


async def test_settings_make_a_channel() -> None:
    """`channels: email:` as it is written in routes.yaml."""
    settings = ChannelSettings(
        "email",
        {"provider": "postmark", "from": "alerts@example.com", "api_url": "http://127.0.0.1:1"},
        {"token": Secret("test-token")},
    )
    await build(settings, {}).close()
