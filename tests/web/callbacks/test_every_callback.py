"""All callbacks in one table: forged requests get 401, authentic nonsense 2xx and a record."""

import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier

from gateway.store.state import timeline
from tests.fakes.pagerduty_account import signature
from tests.fakes.postmark_webhooks import AUTH
from tests.flow.world import World, alert
from tests.simulation.acting.world import ACTING_VARIANTS, PAGERDUTY_SECRET
from tests.web.real import Client, served
from tests.web.slack.requests import FORM, SECRET

CALLBACKS = (
    "email",
    "email/inbound",
    "pagerduty",
    "slack/actions",
    "slack/commands",
    "slack/events",
)
NONSENSE = (
    b"",
    b"\x00\xff\xfe",
    b"{",
    b"[]",
    b"null",
    b'{"event": []}',
    b"payload=%7B&payload=x",
    b"[" * 10_000,
    b'{"a":' * 2_000,
    b'{"id": 1e999, "event": {"event_type": "incident.acknowledged", "data": 7}}',
)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[tuple[World, Client]]:
    """Yield a gateway with all callbacks and one incident."""
    async with served(tmp_path, ACTING_VARIANTS[0]) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        yield world, client


def proof(world: World, callback: str, body: bytes, age: float = 0.0) -> Mapping[str, str]:
    """Return the headers by which a vendor proves that a body is its own."""
    if callback.startswith("email"):
        return {"Authorization": AUTH}
    if callback == "pagerduty":
        return signature(body, PAGERDUTY_SECRET)
    timestamp = str(int(world.now - age))
    try:
        signed = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body) or ""
    except UnicodeDecodeError:
        signed = "v0=" + 64 * "0"
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signed}
    return {**headers, "Content-Type": "application/json" if "events" in callback else FORM}


@pytest.mark.parametrize("callback", CALLBACKS)
async def test_forged_request_gets_401_and_changes_nothing(
    gateway: tuple[World, Client], callback: str
) -> None:
    """Without a proof, and with one of another body, only 401 follows."""
    world, client = gateway
    before = await world.incident()
    other = {**proof(world, callback, b"another body")}
    if callback.startswith("email"):
        other["Authorization"] = "Basic eDp5"
    for headers in ({}, other):
        answer = await client.post(f"/callbacks/{callback}", data=b"{}", headers=headers)
        assert answer.status == 401
    assert await world.incident() == before


@pytest.mark.parametrize("callback", CALLBACKS)
async def test_authentic_nonsense_gets_2xx_and_is_recorded(
    gateway: tuple[World, Client], callback: str
) -> None:
    """A vendor that gets anything else repeats the request, or switches the webhook off."""
    world, client = gateway
    before = await world.incident()
    for body in NONSENSE:
        headers = proof(world, callback, body)
        answer = await client.post(f"/callbacks/{callback}", data=body, headers=headers)
        expected = (200, 401) if body.startswith(b"\x00") else (200,)
        assert answer.status in expected, (body[:40], await answer.text())
    rejects = await world.engine.store.read(lambda tx: timeline.rejected_requests(tx, 100))
    assert f"callbacks/{callback.partition('/')[0]}" in {one.source for one in rejects}
    assert await world.incident() == before


@pytest.mark.parametrize("callback", [one for one in CALLBACKS if one != "email/inbound"])
async def test_oversized_request_is_refused(gateway: tuple[World, Client], callback: str) -> None:
    """No vendor sends so much, except mails with attachments."""
    world, client = gateway
    body = b"x" * (4 * 1024 * 1024)
    headers = proof(world, callback, body)
    url = f"/callbacks/{callback}"
    answer = await client.post(url, data=io.BytesIO(body), headers=headers)
    assert answer.status == 413


@pytest.mark.parametrize("kind", ["actions", "commands", "events"])
async def test_late_request_of_slack_gets_401(gateway: tuple[World, Client], kind: str) -> None:
    """Slack signs the time: what is older than five minutes may be a replay."""
    world, client = gateway
    headers = proof(world, f"slack/{kind}", b"{}", age=301.0)
    answer = await client.post(f"/callbacks/slack/{kind}", data=b"{}", headers=headers)
    assert answer.status == 401
