"""A recipient whose mail server refuses strangers at first, through the whole gateway."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.channels.contract import Channel
from gateway.channels.email.mail import MailOptions
from gateway.channels.email.smtp.channel import SmtpEmail
from gateway.channels.email.smtp.session import Server
from gateway.config.load import Config
from tests.fakes.smtp import FakeSmtp, Reply
from tests.fakes.tls import authority_pem, server_context
from tests.flow.world import MINUTE, World, alert

OPTIONS = MailOptions("Alerts <alerts@example.com>")


class MailWorld(World):
    """A world that sends its mails to a real SMTP server."""

    port = 0

    def channels(self, config: Config) -> dict[str, Channel]:
        server = Server("127.0.0.1", self.port, "gw.example.com", authorities=authority_pem())
        return {**super().channels(config), "email": SmtpEmail(server, OPTIONS)}


@pytest.fixture
async def smtp() -> AsyncIterator[FakeSmtp]:
    """An SMTP server with STARTTLS."""
    async with FakeSmtp(starttls=server_context()) as fake:
        yield fake


@pytest.fixture
async def world(tmp_path: Path, smtp: FakeSmtp) -> AsyncIterator[MailWorld]:
    """A gateway that sends by that server."""
    world = MailWorld(f"sqlite:///{tmp_path}/gateway.db")
    world.port = smtp.port
    await world.start()
    yield world
    await world.close()


def recipients(smtp: FakeSmtp) -> list[str]:
    """Return the recipients of the accepted mails."""
    return [address for one in smtp.accepted for address in one.recipients]


async def test_greylisted_page_arrives_as_soon_as_the_server_takes_it(
    world: MailWorld, smtp: FakeSmtp
) -> None:
    """4xx is tried again by the outbox's own schedule; nobody else waits, and nothing doubles."""
    smtp.replies.append(Reply("RCPT", "450 4.7.1 greylisted", only="ana@example.com"))
    await world.post(alert())
    await world.advance(10.0)
    assert "billing-oncall@example.com" in recipients(smtp)
    assert "ana@example.com" not in recipients(smtp)
    smtp.replies.clear()
    await world.advance(MINUTE)
    assert recipients(smtp).count("ana@example.com") == 1
    texts = [entry.text for entry in await world.timeline() if entry.kind == "failed"]
    assert any("450 4.7.1 greylisted" in one and "trying again" in one for one in texts)


async def test_recipient_who_is_unknown_is_not_tried_again(
    world: MailWorld, smtp: FakeSmtp
) -> None:
    """5xx is final: the fallback is notified at once, and the contact is not used any more."""
    smtp.replies.append(Reply("RCPT", "550 5.1.1 unknown", only="ana@example.com"))
    await world.post(alert())
    await world.advance(1.0)
    assert "admin@example.com" in recipients(smtp), "the receiver everyone is the fallback"
    assert "email:ana@example.com" in world.engine.plan.unusable_contacts
