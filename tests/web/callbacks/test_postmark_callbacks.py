"""Postmark's webhooks: authentic ones are answered 200, also those that are refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth

from gateway.store.state import timeline
from tests.fakes.postmark_webhooks import bounce, post, spam_complaint, subscription_change
from tests.flow.world import ROUTES, World, alert
from tests.shared_data import shared
from tests.web.real import Client, served

TOKEN = "test-callback-token"
CALLBACKS = ROUTES.replace(
    "from: alerts@example.com}",
    "from: alerts@example.com, callbacks: {basic: {username: postmark, "
    f"password: test-callback-password}}, bearer: {TOKEN}}}}}",
)
ANA = "email:ana@example.com"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[tuple[World, Client]]:
    """Yield a world whose e-mail account takes callbacks."""
    async with served(tmp_path, CALLBACKS) as (world, client):
        yield world, client


async def test_hard_bounce_makes_the_contact_unusable(gateway: tuple[World, Client]) -> None:
    """A bounce with the right password is recorded, with Postmark's reason."""
    world, client = gateway
    answer = await post(client, bounce("ana@example.com"))
    assert (answer.status, (await answer.json())["status"]) == (200, "recorded")
    assert world.engine.plan.unusable_contacts[ANA].startswith("Hard bounce: smtp;550")


async def test_spam_complaint_makes_the_contact_unusable(gateway: tuple[World, Client]) -> None:
    """Postmark sends nothing more to somebody who complained."""
    world, client = gateway
    assert (await post(client, spam_complaint("ana@example.com"))).status == 200
    assert world.engine.plan.unusable_contacts[ANA].startswith("spam complaint")


async def test_suppression_and_its_end_are_obeyed(gateway: tuple[World, Client]) -> None:
    """An address that an admin suppresses at Postmark and reactivates later."""
    world, client = gateway
    await post(client, subscription_change("ana@example.com", suppress=True))
    assert ANA in world.engine.plan.unusable_contacts
    later = subscription_change("ana@example.com", suppress=False, ChangedAt="2026-11-18T12:00:00Z")
    await post(client, later)
    assert ANA not in world.engine.plan.unusable_contacts


async def test_bearer_token_is_as_good_as_a_password(gateway: tuple[World, Client]) -> None:
    """Postmark can send a header of ours instead of a name and a password."""
    world, client = gateway
    answer = await post(client, bounce("ana@example.com"), authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    assert ANA in world.engine.plan.unusable_contacts


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer test-wrong-token",
        "Basic !",
        encode_basic_auth("postmark", "test-wrong-password"),
        encode_basic_auth("other", "test-callback-password"),
    ],
)
async def test_wrong_credentials_are_401_and_change_nothing(
    gateway: tuple[World, Client], authorization: str | None
) -> None:
    """Failed authentication alone is 401; it is counted like other failed proofs."""
    world, client = gateway
    answer = await post(client, bounce("ana@example.com"), authorization=authorization)
    assert answer.status == 401
    assert not world.engine.plan.unusable_contacts
    exposed = world.engine.metrics.exposition().decode()
    assert 'gateway_http_refused_total{kind="callback"} 1.0' in exposed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"RecordType": "Bounce"}',
        b'{"RecordType": "Bounce", "ID": "x", "Type": "HardBounce", "Email": "ana@example.com"}',
        b'{"RecordType": "Bounce", "ID": 1, "Type": "HardBounce", "Email": null}',
        b'{"RecordType": "SubscriptionChange", "Recipient": "ana@example.com", "ChangedAt": "x"}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"RecordType": NaN}',
    ],
)
async def test_malformed_body_is_refused_with_200_and_recorded(
    gateway: tuple[World, Client], body: bytes
) -> None:
    """Postmark would repeat anything else for hours; admins find it among the refused requests."""
    world, client = gateway
    answer = await post(client, body)
    assert (answer.status, (await answer.json())["status"]) == (200, "refused")
    assert not world.engine.plan.unusable_contacts
    rejects = await world.engine.store.read(lambda tx: timeline.rejected_requests(tx, 10))
    assert rejects[0].source == "callbacks/email"


async def test_body_over_the_limit_is_413(gateway: tuple[World, Client]) -> None:
    """A bounce is a few kilobytes; more is not read."""
    _, client = gateway
    assert (await post(client, b" " * 300_000)).status == 413


async def test_replayed_bounce_is_ignored(gateway: tuple[World, Client]) -> None:
    """The same event again, after the contact works again, does not disable it."""
    world, client = gateway
    await post(client, bounce("ana@example.com"))
    await world.engine.contacts.clear([ANA])
    answer = await post(client, bounce("ana@example.com"))
    assert (answer.status, (await answer.json())["why"]) == (200, "it was posted before")
    assert not world.engine.plan.unusable_contacts


async def test_soft_bounce_is_ignored(gateway: tuple[World, Client]) -> None:
    """A full mailbox may be empty tomorrow: Postmark goes on sending, and so does the gateway."""
    world, client = gateway
    answer = await post(client, bounce("ana@example.com", type_="SoftBounce", inactive=False))
    assert (await answer.json())["status"] == "ignored"
    assert not world.engine.plan.unusable_contacts


async def test_event_of_another_stream_is_ignored(gateway: tuple[World, Client]) -> None:
    """Who leaves a newsletter of the same server is still paged."""
    world, client = gateway
    change = subscription_change("ana@example.com", suppress=True, MessageStream="broadcast")
    assert (await post(client, change)).status == 200
    assert not world.engine.plan.unusable_contacts


@pytest.mark.parametrize("name", ["open", "click", "delivery"])
async def test_other_events_of_the_webhook_are_answered_200(
    gateway: tuple[World, Client], name: str
) -> None:
    """A webhook with more boxes ticked than needed does no harm."""
    _, client = gateway
    body = shared(f"fixtures/ingest/postmark/{name}.json").read_bytes()
    answer = await post(client, body)
    assert (answer.status, (await answer.json())["status"]) == (200, "ignored")


@pytest.mark.parametrize("path", ["/callbacks/slack", "/callbacks/nobody"])
async def test_account_without_callbacks_is_404(gateway: tuple[World, Client], path: str) -> None:
    """Nothing can be posted for an account that declares no credentials."""
    _, client = gateway
    assert (await post(client, bounce("ana@example.com"), path=path)).status == 404


async def test_bounced_page_goes_on_to_the_next_contact(gateway: tuple[World, Client]) -> None:
    """From Postmark's post to the next contact of the person, over HTTP."""
    world, client = gateway
    await world.post(alert())
    (mail,) = [one for one in await world.advance(1.0) if one.to == ANA]
    metadata = {"incident": "1001", "notice": str(mail.notice)}
    await post(client, bounce("ana@example.com", Metadata=metadata))
    texts = [entry.text for entry in await world.timeline()]
    assert any("the message came back" in text for text in texts)
