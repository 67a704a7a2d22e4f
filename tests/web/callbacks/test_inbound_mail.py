"""Replies by mail through Postmark: who may act, what a reply does, and what changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.email.mail import MailOptions, mail_of
from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import Incident, State
from gateway.core.plan.plan import Target
from gateway.store.state import timeline
from gateway.web.callbacks import inbound
from tests.fakes.postmark_webhooks import post
from tests.flow.world import DAY, HOUR, ROUTES, World, alert
from tests.web.real import Client, served

INBOUND = "alerts@inbound.example.com"
WITH_INBOUND = ROUTES.replace(
    "from: alerts@example.com}",
    f"from: alerts@example.com, inbound_address: {INBOUND}, "
    "callbacks: {basic: {username: postmark, password: test-callback-password}}}",
)
ANA = "email:ana@example.com"
QUOTE = "\n\nOn Wed, Nov 18, 2026 at 12:06 PM Alerts <alerts@example.com> wrote:\n> resolve\n> x\n"


@dataclass
class Mailbox:
    """The gateway, and the mails that it sent to Ana."""

    world: World
    client: Client

    @property
    def reply_to(self) -> str:
        """The address that Ana's mail asks her to reply to."""
        sent = next(one for one in self.world.delivered if one.to == ANA)
        target = Target("email", "ana@example.com", "ana")
        options = MailOptions("alerts@example.com", inbound_address=INBOUND)
        return str(mail_of(sent.message, target, None, options).reply_to)

    def mail(self, text: str, **more: Any) -> dict[str, Any]:
        """Return Postmark's post of Ana's reply; `more` replaces fields."""
        to = more.pop("to", self.reply_to)
        hash_ = to.rpartition("@")[0].partition("+")[2]
        return {
            "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
            "From": "ana@example.com",
            "FromFull": {"Email": more.pop("sender", "ana@example.com"), "Name": "Ana"},
            "To": to,
            "ToFull": [{"Email": to, "Name": "", "MailboxHash": hash_}],
            "CcFull": [],
            "OriginalRecipient": to,
            "MailboxHash": hash_,
            "Subject": "Re: DoubleChargeDetected",
            "TextBody": text,
            "HtmlBody": "",
            "StrippedTextReply": text,
            "Headers": [{"Name": "Received-SPF", "Value": "Pass (sender SPF authorized)"}],
            "Attachments": [],
            **more,
        }

    async def reply(self, text: str, **more: Any) -> dict[str, Any]:
        """Post a reply, and return the answer's body after a 200."""
        body = self.mail(text, **more)
        answer = await post(self.client, body, path="/callbacks/email/inbound")
        assert answer.status == 200, await answer.text()
        await self.world.advance(1.0)
        content: dict[str, Any] = await answer.json()
        return content

    async def incident(self) -> Incident:
        return await self.world.incident()

    def to_ana(self) -> list[str]:
        return [one.reason for one in self.world.delivered if one.to == ANA]


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    """Yield a gateway that has just sent a mail to Ana."""
    async with served(tmp_path, WITH_INBOUND) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        yield Mailbox(world, client)


async def nothing_changed(mailbox: Mailbox) -> bool:
    incident = await mailbox.incident()
    return (
        incident.state is State.FIRING
        and incident.ack is None
        and not incident.responses.comments
        and mailbox.to_ana() == ["first"]
    )


@pytest.mark.parametrize(
    "text", ["ack", "Ack!", " ACKNOWLEDGE.\r\n", f"ack{QUOTE}", "ack\n-- \nAna"]
)
async def test_reply_ack_acknowledges_once(mailbox: Mailbox, text: str) -> None:
    """The others are notified once; a second post of the same mail changes nothing."""
    assert (await mailbox.reply(text))["status"] == "recorded"
    ack = (await mailbox.incident()).ack
    assert ack is not None
    assert (ack.by, ack.via, ack.verified) == ("ana", "email", True)
    before = len(mailbox.world.delivered)
    again = await mailbox.reply(text)
    assert again == {"status": "ignored", "why": "this mail was acted upon before"}
    assert len(mailbox.world.delivered) == before
    slack = [o.reason for o in mailbox.world.delivered if o.to == "slack:#billing-alerts"]
    assert slack.count("acknowledged") == 1


async def test_address_in_other_case_still_counts(mailbox: Mailbox) -> None:
    """Mailers change the case of addresses, and people write theirs in any."""
    to = mailbox.reply_to.upper()
    await mailbox.reply("ack", to=to, sender="Ana@Example.com")
    assert (await mailbox.incident()).ack is not None


async def test_reply_ack_with_text_also_comments(mailbox: Mailbox) -> None:
    """What follows the command is not lost."""
    await mailbox.reply("ack\n\nfailing over to db-2")
    incident = await mailbox.incident()
    assert incident.ack is not None
    assert [one.text for one in incident.responses.comments] == ["failing over to db-2"]


async def test_reply_escalate_takes_the_next_step(mailbox: Mailbox) -> None:
    """The text after the command is for those who are called."""
    await mailbox.reply("escalate\nneed a second pair of eyes")
    ben = [one.reason for one in mailbox.world.delivered if one.to == "email:ben@example.com"]
    assert ben == ["escalation"]


async def test_reply_accepts_or_declines_a_handover(mailbox: Mailbox) -> None:
    """The giver keeps it until the person answers."""
    ben = verified_person("ben", "link")
    for text, holder in (("decline", "ben"), ("accept", "ana")):
        await mailbox.world.ack(1001, "ben")
        await mailbox.world.engine.act(1001, ActionName.HANDOVER, ben, to="ana")
        await mailbox.world.advance(1.0)
        answer = await mailbox.reply(text, MessageID=f"mail-{text}")
        assert answer["status"] == "recorded"
        ack = (await mailbox.incident()).ack
        assert ack is not None
        assert ack.by == holder


async def test_reply_useful_or_noise_marks_the_incident(mailbox: Mailbox) -> None:
    """Text after the word is a comment."""
    await mailbox.reply("noise\nit fires every night")
    responses = (await mailbox.incident()).responses
    assert responses.rating_of("ana") is False
    assert [one.text for one in responses.comments] == ["it fires every night"]


async def test_other_text_is_a_comment_without_quote_and_signature(mailbox: Mailbox) -> None:
    """E58: a command in the quote does not act."""
    await mailbox.reply(f"I see it in the ledger as well.\n\nBest regards\nAna{QUOTE}")
    [comment] = (await mailbox.incident()).responses.comments
    assert (comment.by, comment.text) == ("ana", "I see it in the ledger as well.")
    assert (await mailbox.incident()).state is State.FIRING


async def test_reply_resolve_is_answered_with_a_link(mailbox: Mailbox) -> None:
    """A mail resolves nothing by itself: its sender confirms on the page, once an hour."""
    await mailbox.reply("resolve")
    await mailbox.reply("resolve", MessageID="another")
    assert (await mailbox.incident()).state is State.FIRING
    assert mailbox.to_ana() == ["first", "answer"]
    sent = mailbox.world.delivered[-1].message
    assert any(link.role == "acknowledge" for link in sent.links)
    assert 'press "Resolve now"' in sent.parts["text"]


async def test_refused_action_is_answered_with_the_reason(mailbox: Mailbox) -> None:
    """The person who replies to an ended incident gets a mail that says so."""
    actor = verified_person("ben", "cli")
    await mailbox.world.engine.act(1001, ActionName.RESOLVE, actor)
    await mailbox.world.advance(1.0)
    answer = await mailbox.reply("ack")
    assert answer["why"] == "Nothing changed: already resolved"
    assert mailbox.to_ana()[-1] == "answer"


async def test_html_only_reply_is_read(mailbox: Mailbox) -> None:
    """Some clients send no plain text."""
    html = "<html><head><title>x</title></head><body><div>ack</div><blockquote>q</blockquote>"
    await mailbox.reply("", HtmlBody=html)
    assert (await mailbox.incident()).ack is not None


@pytest.mark.parametrize(
    "sender", ["ben@example.com", "eve@example.com", "", "ana@example.com.example.org"]
)
async def test_token_of_somebody_else_changes_nothing(mailbox: Mailbox, sender: str) -> None:
    """A forwarded mail takes its token along; `From` must be the person's, too."""
    answer = await mailbox.reply("ack", sender=sender, From=sender)
    assert answer["status"] == "refused"
    assert await nothing_changed(mailbox)
    rejects = await mailbox.world.engine.store.read(lambda tx: timeline.rejected_requests(tx, 10))
    assert rejects[0].source == "callbacks/email"


@pytest.mark.parametrize("token", ["", "x", "+" + 31 * "a", "+" + 31 * "é", "+" + 5000 * "a"])
async def test_forged_token_changes_nothing(mailbox: Mailbox, token: str) -> None:
    """The right sender alone proves nothing."""
    answer = await mailbox.reply("ack", to=f"alerts{token}@inbound.example.com")
    assert answer["status"] == "refused"
    assert await nothing_changed(mailbox)


async def test_old_mail_cannot_be_replied_to(mailbox: Mailbox) -> None:
    """A week later the address has expired, and the answer says so."""
    to = mailbox.reply_to
    mailbox.world.now += 7 * DAY + 2 * HOUR
    answer = await post(mailbox.client, mailbox.mail("ack", to=to), path="/callbacks/email/inbound")
    assert "expired" in (await answer.json())["why"]
    assert (await mailbox.incident()).ack is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("auto-submitted", "auto-generated; x=y"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Autoreply", "yes"),
        ("Precedence", "bulk"),
        ("Precedence", "auto_reply"),
        ("List-Id", "<billing.example.com>"),
        ("Return-Path", "<>"),
        ("Content-Type", 'multipart/report; boundary="x"'),
        ("X-Failed-Recipients", "ana@example.com"),
        ("X-Gateway-Notice", "1"),
        ("Received-SPF", "Fail (not authorized)"),
    ],
)
async def test_robots_bounces_and_forgeries_change_nothing(
    mailbox: Mailbox, name: str, value: str
) -> None:
    """E58: They are recorded, and nobody answers them."""
    answer = await mailbox.reply("ack", Headers=[{"Name": name, "Value": value}])
    assert answer["status"] == "refused"
    assert await nothing_changed(mailbox)


@pytest.mark.parametrize(
    "fields",
    [
        {"Subject": "Automatic reply: DoubleChargeDetected"},
        {"Subject": "Abwesenheitsnotiz: Ana"},
        {"Subject": "Réponse automatique : DoubleChargeDetected"},
        {"Subject": "Out of Office: back on Monday"},
        {"sender": "MAILER-DAEMON@example.com"},
        {"sender": "postmaster@example.com"},
        {"sender": "alerts@example.com"},
        {"sender": INBOUND},
    ],
)
async def test_absences_and_own_addresses_change_nothing(
    mailbox: Mailbox, fields: dict[str, str]
) -> None:
    """An absence note quotes nothing and would become a comment; our own mail would loop."""
    answer = await mailbox.reply("I am away until Monday", **fields)
    assert answer["status"] == "refused"
    assert await nothing_changed(mailbox)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"MessageID": 7}',
        b'{"MessageID": "x"}',
        b'{"MessageID": "x", "FromFull": "ana", "ToFull": {}, "Headers": [1, {"Name": 2}]}',
        b"\xff",
        b"[" * 5000,
    ],
)
async def test_malformed_post_is_refused_with_200(mailbox: Mailbox, body: bytes) -> None:
    """Postmark would repeat anything else ten times."""
    answer = await post(mailbox.client, body, path="/callbacks/email/inbound")
    assert (answer.status, (await answer.json())["status"]) == (200, "refused")
    assert await nothing_changed(mailbox)


async def test_quote_alone_is_no_comment(mailbox: Mailbox) -> None:
    """Somebody who sends the mail back without a word says nothing."""
    assert (await mailbox.reply("> ack\n> resolve\n"))["status"] == "refused"
    assert await nothing_changed(mailbox)


async def test_wrong_credentials_are_401(mailbox: Mailbox) -> None:
    """Nothing of the body is read then."""
    answer = await post(
        mailbox.client, mailbox.mail("ack"), path="/callbacks/email/inbound", authorization=None
    )
    assert answer.status == 401
    assert await nothing_changed(mailbox)


async def test_attachments_are_dropped(mailbox: Mailbox) -> None:
    """They are larger than any text: the limit of this endpoint is its own."""
    attachment = {"Name": "a.png", "Content": 900_000 * "A", "ContentType": "image/png"}
    await mailbox.reply("ack", Attachments=[attachment])
    assert (await mailbox.incident()).ack is not None


async def test_mail_over_the_limit_is_413(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postmark itself refuses mails of this size."""
    monkeypatch.setattr(inbound, "LARGEST_MAIL", 1000)
    body = mailbox.mail("ack " * 1000)
    answer = await post(mailbox.client, body, path="/callbacks/email/inbound")
    assert answer.status == 413
    assert await nothing_changed(mailbox)


@pytest.mark.parametrize("text", ["resolve", "ack", "escalate", "thank you for your mail"])
async def test_robot_without_any_mark_does_not_loop(mailbox: Mailbox, text: str) -> None:
    """A robot that replies to each mail gets one answer an hour at most."""
    answered, replies = 0, 0
    while answered < len(mailbox.to_ana()):
        assert replies < 10, "it never becomes quiet"
        waiting = len(mailbox.to_ana()) - answered
        answered += waiting
        for _ in range(waiting):
            replies += 1
            await mailbox.reply(text, MessageID=f"robot-{replies}")
    assert mailbox.to_ana().count("answer") <= 1


async def test_shared_mailbox_gets_no_reply_address(mailbox: Mailbox) -> None:
    """A reply to it would be nobody's own."""
    shared = [o for o in mailbox.world.delivered if o.to == "email:billing-oncall@example.com"]
    assert shared
    assert all(not one.message.reply_token for one in shared)
