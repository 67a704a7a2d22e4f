"""The Acknowledge and Take over buttons of Slack messages (E38)."""

import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from tests.flow.world import World, alert
from tests.shared_data import shared
from tests.web.real import Client, served

SECRET = "test-slack-signing-secret"


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[tuple[World, Client]]:
    """Yield a world with one critical incident that was notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        yield world, client


def pressed(**changes: Any) -> bytes:
    """Return the body of a button press, which has only ids."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U0ANA"},
        "actions": [{"action_id": "gateway_acknowledge", "value": "1001"}],
        **changes,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


async def send(
    world: World,
    client: Client,
    body: bytes,
    *,
    age: float = 0.0,
    secret: str = SECRET,
    **headers: str,
) -> ClientResponse:
    """Post a body as Slack does, signed `age` seconds ago."""
    timestamp = str(int(world.now - age))
    signature = hmac.digest(
        secret.encode(), b"v0:" + timestamp.encode() + b":" + body, "sha256"
    ).hex()
    slack_headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signature}",
    }
    return await client.post("/slack/actions", data=body, headers={**slack_headers, **headers})


async def test_press_acknowledges_as_the_person_of_the_slack_user(
    slack: tuple[World, Client],
) -> None:
    """A press acknowledges as the person with the Slack user's id."""
    world, client = slack
    answer = await send(world, client, pressed())
    incident = await world.incident()
    assert answer.status == 200
    assert incident.ack is not None
    assert (incident.ack.by, incident.ack.via) == ("ana", "slack")


async def test_press_of_unknown_user_acknowledges_by_slack_id(slack: tuple[World, Client]) -> None:
    """Anyone in the channel may press; an unknown user is recorded by the Slack id."""
    world, client = slack
    await send(world, client, pressed(user={"id": "U0NEW"}))
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "slack:U0NEW"


async def test_take_over_by_button_names_the_holder_of_the_message(
    slack: tuple[World, Client],
) -> None:
    """E20: the first press of Take over wins; a second one, from the same message, does nothing."""
    world, client = slack
    await world.ack(1001)

    def take(user: str) -> bytes:
        actions = [{"action_id": "gateway_take", "value": "1001:ana"}]
        return pressed(user={"id": user}, actions=actions)

    for user in ("U0BEN", "U0NEW"):
        assert (await send(world, client, take(user))).status == 200
        incident = await world.incident()
        assert incident.ack is not None
        assert (incident.ack.by, incident.ack.via) == ("slack:U0BEN", "slack")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": ""},
    ],
)
async def test_forged_signature_is_refused(
    slack: tuple[World, Client], headers: dict[str, str]
) -> None:
    """A press with an invalid signature or time answers 401 and changes nothing."""
    world, client = slack
    assert (await send(world, client, pressed(), **headers)).status == 401
    assert (await world.incident()).state is State.FIRING


async def test_old_or_replayed_press_is_refused(slack: tuple[World, Client]) -> None:
    """A press is valid once within five minutes; after an undo a replay changes nothing."""
    world, client = slack
    assert (await send(world, client, pressed(), age=301.0)).status == 401
    assert (await send(world, client, pressed())).status == 200
    await world.engine.act(1001, ActionName.UNACK, verified_person("ana", "api"))
    assert (await send(world, client, pressed())).status == 401
    assert (await world.incident()).state is State.FIRING


@pytest.mark.parametrize(
    "body",
    [
        pressed(actions=[]),
        pressed(actions=[{"action_id": "gateway_runbook", "value": "1001"}]),
        pressed(actions=[{"action_id": "gateway_acknowledge"}]),
        pressed(actions=[{"action_id": "gateway_acknowledge", "value": "99"}]),
        pressed(user=None),
        b"payload=%7B",
        b"\xff\xfe",
        b"",
    ],
)
async def test_unknown_press_is_accepted_and_ignored(
    slack: tuple[World, Client], body: bytes
) -> None:
    """An unknown press answers 200, because Slack shows the person any other status as an error."""
    world, client = slack
    assert (await send(world, client, body)).status == 200
    assert (await world.incident()).state is State.FIRING


async def test_recorded_press_of_another_app_is_ignored(slack: tuple[World, Client]) -> None:
    """A recorded press of another app's button answers 200 and changes nothing."""
    world, client = slack
    payload = (shared("fixtures/ingest/slack") / "block_actions_button.json").read_text()
    body = urlencode({"payload": payload}).encode()
    assert (await send(world, client, body)).status == 200
