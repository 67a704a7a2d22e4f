"""E-mail by SMTP, against a real SMTP server with TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import trustme

from gateway.channels import build
from gateway.channels.contract import Channel, TakesReplies
from gateway.channels.email.mail import MailOptions
from gateway.channels.email.smtp.channel import SmtpEmail
from gateway.channels.email.smtp.session import IMPLICIT, NO_TLS, STARTTLS, Server
from gateway.core.incidents.message import NOTE
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.plan import Target
from tests.channels.delivery_contract import LONG, SHORT, DeliveryContract
from tests.channels.messages import HOSTILE, PARTS, message, oversized
from tests.fakes import Behaviour
from tests.fakes.raw import Raw, silent
from tests.fakes.smtp import FakeSmtp, Reply
from tests.fakes.tls import authority_pem, server_context

OPTIONS = MailOptions(sender="Alerts <alerts@example.com>")
COPIES = Target("email", "ana@example.com", options={"cc": "ben@example.com, cho@example.com"})
NOW = 1_795_143_806.0  # 20 November 2026


def make(fake: FakeSmtp, timeout: float = LONG, **server: Any) -> SmtpEmail:
    """The channel, with STARTTLS unless `server` says otherwise."""
    settings: dict[str, Any] = {"host": "127.0.0.1", "port": fake.port, "hello": "gw.example.com"}
    settings |= {"authorities": authority_pem()} | server
    return SmtpEmail(
        Server(**settings),
        OPTIONS,
        total_timeout=timeout,
        connect_timeout=timeout,
        now=lambda: NOW,
    )


async def refusal(
    fake: FakeSmtp, channel: SmtpEmail | None = None, target: Target | None = None
) -> SendError:
    """What a send to a server that refuses raises; closes the channel."""
    channel = channel or make(fake)
    with pytest.raises(SendError) as caught:
        await channel.send(message(), target or Target("email", "ana@example.com"), None)
    await channel.close()
    return caught.value


class TestSmtp(DeliveryContract):
    """The contract, and what is SMTP's own."""

    target = Target("email", "ana@example.com", person="ana")
    secret = "test-smtp-password"

    def vendor(self) -> FakeSmtp:
        return FakeSmtp(starttls=server_context(), login=("alerts", self.secret))

    def make(self, fake: Any, *, timeout: float = LONG) -> Channel:
        return make(fake, timeout, username="alerts", password=Secret(self.secret))

    def sent_text(self, fake: Any) -> str:
        return str(fake.received[-1].text).replace("\r\n", "\n")

    @pytest.fixture
    async def fake(self) -> AsyncIterator[Any]:
        """A server with STARTTLS and a login."""
        async with self.vendor() as fake:
            yield fake

    async def test_mail_is_complete(self, channel: Channel, fake: FakeSmtp) -> None:
        """Envelope, headers and both bodies, encrypted and after a login."""
        await channel.send(message(), self.target, None)
        (got,) = fake.accepted
        assert (got.sender, got.recipients) == ("alerts@example.com", ["ana@example.com"])
        assert (got.encrypted, got.login) == (True, "alerts")
        mail = got.mail
        assert (mail["From"], mail["To"]) == ("Alerts <alerts@example.com>", "ana@example.com")
        assert mail["Subject"] == PARTS["subject"]
        assert mail["Date"] == "Fri, 20 Nov 2026 03:03:26 +0000"
        assert mail["Cc"] is None
        assert mail["Auto-Submitted"] == "auto-generated"
        plain, html = mail.iter_parts()
        assert plain.get_content_type() == "text/plain"
        assert plain.get_content().split() == PARTS["text"].split()
        assert html.get_content().strip() == PARTS["html"]
        assert fake.hello == "gw.example.com"

    async def test_repeat_of_a_notice_is_recognisable(
        self, channel: Channel, fake: FakeSmtp
    ) -> None:
        """Promise 3: each attempt has the same Message-ID, which the receipt names."""
        receipt = await channel.send(message(), self.target, None)
        await channel.send(message(), self.target, None)
        first, second = (one.mail for one in fake.accepted)
        assert first["Message-ID"] == second["Message-ID"] == receipt["message_id"]

    async def test_mails_of_an_incident_form_a_thread(
        self, channel: Channel, fake: FakeSmtp
    ) -> None:
        """Each later mail refers to the first, as by Postmark."""
        receipt = await channel.send(message(), self.target, None)
        again = message(notice_id=7002, kind=NoticeKind.REPEAT)
        await channel.send(again, self.target, receipt)
        first, later = (one.mail for one in fake.accepted)
        assert later["References"].split() == [first["References"], first["Message-ID"]]
        assert later["In-Reply-To"] == first["Message-ID"]

    async def test_copies_go_out_with_the_mail(self, channel: Channel, fake: FakeSmtp) -> None:
        """One mail for all of them: they see each other."""
        await channel.send(message(), COPIES, None)
        (got,) = fake.accepted
        assert got.recipients == ["ana@example.com", "ben@example.com", "cho@example.com"]
        assert got.mail["Cc"] == "ben@example.com, cho@example.com"

    @pytest.mark.parametrize("value", HOSTILE)
    async def test_no_label_begins_another_header_or_command(
        self, channel: Channel, fake: FakeSmtp, value: str
    ) -> None:
        """E17: what a label holds stays in its header and in the body."""
        parts = {**PARTS, "subject": value, "text": f"{value}\n.\nRCPT TO:<eve@example.com>\n"}
        headers = {"headers": '{"X-A": "a {{ labels.a }}"}'}
        target = Target("email", "ana@example.com", options=headers)
        hostile = message(parts=parts)
        hostile = replace(hostile, facts={**hostile.facts, "common_labels": {"a": value}})
        await channel.send(hostile, target, None)
        (got,) = fake.accepted
        head = got.raw.split(b"\r\n\r\n")[0].decode()
        assert got.recipients == ["ana@example.com"]
        assert got.mail["Bcc"] is None
        assert head.isascii()
        assert all(len(line) <= 998 for line in head.split("\r\n"))
        assert got.mail["X-A"].startswith("a ")
        assert "RCPT TO:<eve@example.com>" in got.text

    async def test_text_beyond_ascii_arrives_as_it_is(
        self, channel: Channel, fake: FakeSmtp
    ) -> None:
        """Subject, header and body are 7-bit on the way and text again at the reader."""
        parts = {**PARTS, "subject": "🚨 Zürich " * 12, "text": "Prüfung 🚨\n" + "ä" * 2000}
        await channel.send(message(parts=parts), self.target, None)
        (got,) = fake.accepted
        assert got.raw.isascii()
        assert got.mail["Subject"] == parts["subject"].strip()
        assert parts["text"] in got.text.replace("\r\n", "\n")

    async def test_body_beyond_measure_is_cut_with_a_link(
        self, channel: Channel, fake: FakeSmtp
    ) -> None:
        """The text says where the rest is."""
        await channel.send(oversized(), self.target, None)
        assert "… cut here, see https://gateway.example.com/incidents/1042" in fake.accepted[0].text

    async def test_it_takes_no_replies(self, channel: Channel) -> None:
        """Mails by SMTP do not say that a reply acknowledges: nothing reads the mailbox."""
        assert not (isinstance(channel, TakesReplies) and channel.takes_replies)

    async def test_wrong_password_is_an_admins_business(self, fake: FakeSmtp) -> None:
        """The password is in nothing that hangs on the error."""
        fake.replies.append(Reply("AUTH", f"535 5.7.8 no, not {self.secret}"))
        channel = self.make(fake)
        with pytest.raises(SendError) as caught:
            await channel.send(message(), self.target, None)
        assert (caught.value.failure, caught.value.perhaps) == (Failure.MISCONFIGURED, False)
        self.holds_no_secret(caught.value)
        assert self.secret not in f"{channel!r} {vars(channel)}"
        await channel.close()

    async def test_connection_that_is_lost_after_the_mail_is_perhaps_sent(
        self, channel: Channel, fake: FakeSmtp
    ) -> None:
        """Promise 3: only from then on the outcome is unknown, and the next attempt may double."""
        error = await self.fails(channel, fake, Behaviour(drop="after"))
        assert (error.failure, error.perhaps) == (Failure.CONNECTION, True)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSmtp]:
    """A server with STARTTLS and without a login."""
    async with FakeSmtp(starttls=server_context()) as fake:
        yield fake


REFUSALS = [
    # (the reply, the failure)
    (Reply("MAIL", "550 5.1.8 bad sender's domain"), Failure.MISCONFIGURED),
    (Reply("MAIL", "553 sender not owned by user"), Failure.MISCONFIGURED),
    (Reply("MAIL", "552 5.3.4 too large"), Failure.BAD_CONTENT),
    (Reply("MAIL", "552 too large"), Failure.BAD_CONTENT),
    (Reply("MAIL", "451 4.3.0 try later"), Failure.SERVER_ERROR),
    (Reply("MAIL", "421 4.3.2 shutting down"), Failure.SERVER_ERROR),
    (Reply("MAIL", "454 Throttling failure: Maximum sending rate exceeded"), Failure.RATE_LIMITED),
    (Reply("MAIL", "530 5.7.0 Must issue a STARTTLS command first"), Failure.MISCONFIGURED),
    (Reply("MAIL", "503 5.5.1 bad sequence"), Failure.UNKNOWN),
    (Reply("RCPT", "450 4.7.1 greylisted, try again in 300 seconds"), Failure.SERVER_ERROR),
    (Reply("RCPT", "451 greylisted"), Failure.SERVER_ERROR),
    (Reply("RCPT", "450 4.2.1 user is receiving mail at a rate that"), Failure.RATE_LIMITED),
    (Reply("RCPT", "550 5.1.1 no such user"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "550 no such user"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "550 5.1.10 recipient not found"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "550 5.4.1 recipient address rejected"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "550 5.2.1 mailbox disabled"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "552 5.2.2 mailbox full"), Failure.SERVER_ERROR),
    (Reply("RCPT", "551 user not local"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "553 mailbox name not allowed"), Failure.BAD_RECIPIENT),
    (Reply("RCPT", "554 5.7.1 relay access denied"), Failure.MISCONFIGURED),
    (Reply("RCPT", "554 relay access denied"), Failure.MISCONFIGURED),
    (Reply("DATA", "550 5.7.1 looks like spam"), Failure.BAD_CONTENT),
    (Reply("DATA", "554 5.6.0 bad content"), Failure.BAD_CONTENT),
    (Reply("DATA", "554 no"), Failure.BAD_CONTENT),
    (Reply("DATA", "552 5.2.3 too long for this mailbox"), Failure.BAD_CONTENT),
    (Reply("DATA", "451 4.3.2 scanner is busy"), Failure.SERVER_ERROR),
    (Reply("DATA", "452 4.3.1 out of disk space"), Failure.SERVER_ERROR),
    (Reply("DATA", "555 what?"), Failure.UNKNOWN),
]


@pytest.mark.parametrize(
    ("reply", "failure"), REFUSALS, ids=lambda one: one.text[:24] if isinstance(one, Reply) else ""
)
async def test_each_refusal_has_its_class(fake: FakeSmtp, reply: Reply, failure: Failure) -> None:
    """E50: by step, code and enhanced code; a refused mail is surely not delivered."""
    fake.replies.append(reply)
    error = await refusal(fake)
    assert (error.failure, error.perhaps) == (failure, False)
    assert reply.text.split()[0] in error.detail
    assert fake.accepted == []


async def test_refused_copy_does_not_keep_the_mail_from_its_recipient(fake: FakeSmtp) -> None:
    """The receipt names the copy and why, for the timeline."""
    fake.replies.append(Reply("RCPT", "450 4.7.1 greylisted", only="ben@example.com"))
    channel = make(fake)
    receipt = await channel.send(message(), COPIES, None)
    await channel.close()
    (got,) = fake.accepted
    assert got.recipients == ["ana@example.com", "cho@example.com"]
    assert receipt[NOTE] == (
        "not to the copies ben@example.com "
        "(the SMTP server refuses the recipient: 450 4.7.1 greylisted)"
    )


async def test_recipient_who_is_greylisted_gets_the_mail_later_and_so_do_the_copies(
    fake: FakeSmtp,
) -> None:
    """No copy is sent twice: nobody gets the mail until the recipient is accepted."""
    fake.replies.append(Reply("RCPT", "450 4.7.1 greylisted", only="ana@example.com"))
    assert (await refusal(fake, target=COPIES)).failure is Failure.SERVER_ERROR
    assert fake.received == []
    fake.replies.clear()
    channel = make(fake)
    await channel.send(message(), COPIES, None)
    await channel.close()
    assert len(fake.accepted[0].recipients) == 3


async def test_recipient_who_is_refused_for_good_leaves_the_copies_theirs(fake: FakeSmtp) -> None:
    """The failure says so, and the next contact is used."""
    fake.replies.append(Reply("RCPT", "550 5.1.1 unknown", only="ana@example.com"))
    error = await refusal(fake, target=COPIES)
    assert error.failure is Failure.BAD_RECIPIENT
    assert "only the copies were sent" in error.detail
    assert fake.accepted[0].recipients == ["ben@example.com", "cho@example.com"]


async def test_no_recipient_at_all_is_no_mail(fake: FakeSmtp) -> None:
    """Where everyone is refused, no DATA follows."""
    fake.replies.append(Reply("RCPT", "550 5.1.1 unknown"))
    assert "copies" not in (await refusal(fake, target=COPIES)).detail
    assert fake.received == []


async def test_server_without_starttls_gets_no_mail() -> None:
    """An attacker on the way can remove the offer: nothing is sent, and no password."""
    async with FakeSmtp(login=("alerts", "test-smtp-password")) as fake:
        channel = make(fake, username="alerts", password=Secret("test-smtp-password"))
        error = await refusal(fake, channel)
        assert (error.failure, error.perhaps) == (Failure.MISCONFIGURED, False)
        assert "offers no STARTTLS" in error.detail
        assert fake.received == []


async def test_implicit_tls_and_none_are_used_where_they_are_asked_for() -> None:
    """Port 465 begins with TLS; `none` is for a server on this machine."""
    async with FakeSmtp(implicit=server_context()) as fake:
        channel = make(fake, tls=IMPLICIT)
        await channel.send(message(), Target("email", "ana@example.com"), None)
        await channel.close()
        assert fake.accepted[0].encrypted
    async with FakeSmtp() as fake:
        channel = make(fake, tls=NO_TLS)
        await channel.send(message(), Target("email", "ana@example.com"), None)
        await channel.close()
        assert not fake.accepted[0].encrypted


@pytest.mark.parametrize("tls", [STARTTLS, IMPLICIT])
@pytest.mark.parametrize("authorities", ["", "other"])
async def test_certificate_of_another_authority_is_refused(tls: str, authorities: str) -> None:
    """A `ca_file` replaces the system's authorities, and neither vouches for a stranger."""
    pem = trustme.CA().cert_pem.bytes().decode() if authorities else ""
    server: dict[str, ssl.SSLContext] = {tls: server_context()}
    async with FakeSmtp(**server) as fake:  # type: ignore[arg-type]
        error = await refusal(fake, make(fake, tls=tls, authorities=pem))
        assert (error.failure, error.perhaps) == (Failure.CONNECTION, False)
        assert "the certificate is not trusted" in error.detail


async def test_certificate_of_another_host_is_refused() -> None:
    """The name in routes.yaml must be in the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = trustme.CA()
    authority.issue_cert("mail.example.net").configure_cert(context)
    async with FakeSmtp(starttls=context) as fake:
        pem = authority.cert_pem.bytes().decode()
        error = await refusal(fake, make(fake, authorities=pem))
        assert "the certificate is not trusted" in error.detail


async def test_starttls_at_a_port_with_implicit_tls_is_given_up() -> None:
    """Such a server waits for TLS and says nothing: surely not delivered."""
    async with FakeSmtp(implicit=server_context()) as fake:
        error = await refusal(fake, make(fake, SHORT))
        assert (error.failure, error.perhaps) == (Failure.TIMEOUT, False)


async def test_implicit_tls_at_a_port_with_starttls_names_the_key(fake: FakeSmtp) -> None:
    """The greeting is no TLS."""
    error = await refusal(fake, make(fake, tls=IMPLICIT))
    assert (error.failure, error.perhaps) == (Failure.CONNECTION, False)
    assert "is `tls` right for the port?" in error.detail


async def test_silent_server_is_surely_not_delivered() -> None:
    """A deadline that passes before the mail was handed over doubles nothing."""
    async with Raw(silent) as peer:
        fake = FakeSmtp()
        fake.port = peer.port
        error = await refusal(fake, make(fake, SHORT))
        assert (error.failure, error.perhaps) == (Failure.TIMEOUT, False)
        await asyncio.wait_for(peer.hung_up.wait(), LONG)


@pytest.mark.parametrize(
    ("greeting", "failure"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", Failure.BAD_ANSWER),
        (b"220" + b"x" * 100_000 + b"\r\n", Failure.BAD_ANSWER),
        (b"554 5.7.1 go away\r\n", Failure.MISCONFIGURED),
        (b"421 4.7.0 too many connections\r\n", Failure.RATE_LIMITED),
        (b"", Failure.CONNECTION),
    ],
)
async def test_greeting_that_is_none_fails_before_anything_is_sent(
    greeting: bytes, failure: Failure
) -> None:
    """A web server, a blocked address, a busy server, a dropped connection."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        if greeting:
            await silent(reader, writer)

    async with Raw(greet) as peer:
        fake = FakeSmtp()
        fake.port = peer.port
        error = await refusal(fake)
        assert (error.failure, error.perhaps) == (failure, False)


async def test_mail_over_the_servers_limit_is_sent_in_its_simplest_form() -> None:
    """The server says its SIZE: the mail is not even begun."""
    async with FakeSmtp(starttls=server_context(), size=200_000) as fake:
        channel = make(fake)
        with pytest.raises(SendError) as caught:
            await channel.send(oversized(), Target("email", "ana@example.com"), None)
        assert caught.value.failure is Failure.BAD_CONTENT
        assert "at most 200000 bytes" in caught.value.detail
        reduced = replace(oversized(), reduced=True)
        await channel.send(reduced, Target("email", "ana@example.com"), None)
        await channel.close()
        assert len(fake.accepted) == 1


async def test_server_that_asks_for_a_login_of_an_account_without_one_is_misconfigured() -> None:
    """530 is an admin's business."""
    async with FakeSmtp(starttls=server_context(), login=("a", "b")) as fake:
        assert (await refusal(fake)).failure is Failure.MISCONFIGURED


async def test_login_that_is_wrong_is_misconfigured() -> None:
    """Each way of logging in that the server offers is tried, and then an admin must act."""
    async with FakeSmtp(starttls=server_context(), login=("alerts", "test-right")) as fake:
        channel = make(fake, username="alerts", password=Secret("test-wrong"))
        error = await refusal(fake, channel)
        assert error.failure is Failure.MISCONFIGURED
        assert "refuses the login: 535 5.7.8" in error.detail


async def test_server_without_logins_gets_no_password(fake: FakeSmtp) -> None:
    """The account has a password, and the server offers nothing to send it by."""
    channel = make(fake, username="alerts", password=Secret("test-smtp-password"))
    error = await refusal(fake, channel)
    assert error.failure is Failure.MISCONFIGURED
    assert "offers no login" in error.detail


async def test_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    """RFC 6531: without SMTPUTF8 it is refused, with it the address arrives as it is."""
    target = Target("email", "jürgen@example.com")
    async with FakeSmtp(starttls=server_context()) as fake:
        error = await refusal(fake, target=target)
        assert error.failure is Failure.BAD_RECIPIENT
        assert "SMTPUTF8" in error.detail
    async with FakeSmtp(starttls=server_context(), utf8=True) as fake:
        channel = make(fake)
        await channel.send(message(), target, None)
        await channel.close()
        (got,) = fake.accepted
        assert got.recipients == ["jürgen@example.com"]
        assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(got.options)
        assert got.mail["To"] == "jürgen@example.com"


async def test_domain_beyond_ascii_is_sent_in_its_ascii_form(fake: FakeSmtp) -> None:
    """Any server takes it (IDNA)."""
    channel = make(fake)
    await channel.send(message(), Target("email", "ana@bücher.example"), None)
    await channel.close()
    assert fake.accepted[0].recipients == ["ana@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.com\r\nRCPT TO:<eve@example.com>",
        "ana@example.com,eve@example.com",
        "Ana <ana@example.com>",
        "ana@example.com> SIZE=1",
    ],
)
async def test_only_one_plain_address_is_written_to(fake: FakeSmtp, address: str) -> None:
    """What could be read as several recipients or another command is refused unsent."""
    assert (await refusal(fake, target=Target("email", address))).failure is Failure.BAD_RECIPIENT
    assert fake.connections == 0


async def test_settings_make_a_channel() -> None:
    """`channels: email:` as it is written in routes.yaml; the port follows `tls`."""
    options = {"provider": "smtp", "from": "alerts@example.com", "host": "127.0.0.1"}
    for tls, port in ((None, 587), ("implicit", 465), ("none", 25)):
        channel = build(ChannelSettings("email", options | ({"tls": tls} if tls else {})), {})
        assert isinstance(channel, SmtpEmail)
        assert channel._server.port == port
        await channel.close()
    with pytest.raises(ValueError, match=r"channels\.email\.host is missing"):
        build(ChannelSettings("email", {"provider": "smtp", "from": "a@example.com"}), {})


@pytest.mark.parametrize(
    ("sender", "header", "address"),
    [
        ("alerts@example.com", "alerts@example.com", "alerts@example.com"),
        ("Alerts <alerts@example.com>", "Alerts <alerts@example.com>", "alerts@example.com"),
        ("Alerts, Billing <a@example.com>", '"Alerts, Billing" <a@example.com>', "a@example.com"),
        ("Zürich (on call) <a@example.com>", '"Zürich (on call)" <a@example.com>', "a@example.com"),
        ('"Alerts" <a@example.com>', "Alerts <a@example.com>", "a@example.com"),
    ],
)
async def test_sender_keeps_its_name(
    fake: FakeSmtp, sender: str, header: str, address: str
) -> None:
    """A comma or a bracket in the name does not end the address."""
    server = Server("127.0.0.1", fake.port, "gw.example.com", authorities=authority_pem())
    channel = SmtpEmail(server, MailOptions(sender))
    await channel.send(message(), Target("email", "ana@example.com"), None)
    await channel.close()
    (got,) = fake.accepted
    assert (got.sender, str(got.mail["From"])) == (address, header)
