"""A press acts once, whichever replica gets it again (E38, E57)."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp.test_utils import TestClient

from gateway.channels.slack.socket_mode import SocketConnection
from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from gateway.web.app import build_app
from gateway.web.slack.endpoints import SLACK_REQUESTS
from gateway.web.slack.handlers import SlackRequests
from gateway.web.slack.socket_mode import SocketMode
from tests.flow.world import alert
from tests.web.real import Client
from tests.web.served import GuardedTestServer
from tests.web.slack.requests import button, send
from tests.web.slack.workspace import Workspace, workspace
from tests.web.world import settings

ACTIONS = "/callbacks/slack/actions"
HANDLED = "Nothing more was done: this press was handled before."


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Yield a workspace with one critical incident that was notified."""
    async with workspace(tmp_path) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        yield made


@asynccontextmanager
async def other_replica(slack: Workspace) -> AsyncIterator[tuple[Client, SlackRequests]]:
    """Serve the same database once more, with a memory of its own."""
    app = build_app(slack.world.engine, settings())
    server = GuardedTestServer(app)
    await server.start_server()
    async with TestClient(server) as client:
        yield client, app[SLACK_REQUESTS]


def press(slack: Workspace, role: str, trigger: str = "111.222.abc") -> bytes:
    """Return a press as Slack sends it, with the id of what the user did."""
    return button(role, response_url=slack.fake.response_url("U0ANA"), trigger_id=trigger)


def payload_of(body: bytes) -> Any:
    """Return the payload of a press, as Socket Mode brings it."""
    return json.loads(parse_qs(body.decode())["payload"][0])


async def replay(slack: Workspace, body: bytes) -> None:
    """Post the same signed request to another replica, which cannot know the signature."""
    async with other_replica(slack) as (client, requests):
        assert (await send(slack.world, client, body, path=ACTIONS)).status == 200
        await requests.finish()


async def test_escalation_replayed_to_another_replica_pages_no_further_step(
    slack: Workspace,
) -> None:
    """E38: the second request says that nothing more was done."""
    body = press(slack, "escalate")
    await slack.post(body)
    before = await slack.world.timeline()
    await replay(slack, body)
    assert await slack.world.timeline() == before
    assert slack.fake.answers_to("U0ANA")[-1] == HANDLED


async def test_acknowledgement_replayed_after_an_undo_changes_nothing(slack: Workspace) -> None:
    """E38: a recorded request acknowledges nothing that somebody gave back."""
    body = press(slack, "acknowledge")
    await slack.post(body)
    await slack.world.engine.act(1001, ActionName.UNACK, verified_person("ana", "api"))
    await replay(slack, body)
    assert (await slack.world.incident()).state is State.FIRING


async def test_silence_replayed_after_its_end_silences_nothing(slack: Workspace) -> None:
    """E38: a silence that somebody ended stays ended."""
    body = press(slack, "silence_1h")
    await slack.post(body)
    silences = slack.world.engine.silences
    (silence,) = await silences.listed(ended=False)
    await silences.expire(silence.id)
    await replay(slack, body)
    assert await silences.listed(ended=False) == []


async def test_envelope_repeated_to_another_replica_acts_once(slack: Workspace) -> None:
    """E57: Slack sends an envelope again that was not acknowledged, over any connection."""
    payload = payload_of(press(slack, "escalate"))
    async with other_replica(slack) as (_, requests):
        for number, one in enumerate((slack.requests, requests)):
            mode = SocketMode(slack.world.engine, one, _unused)
            assert await mode.receive("slack", "interactive", f"envelope-{number}", payload) == {}
            await one.finish()
    messages = await slack.world.advance(1.0)
    assert [one.reason for one in messages if one.to == "email:ben@example.com"] == ["escalation"]
    assert slack.fake.answers_to("U0ANA") == ["#1001: escalated.", HANDLED]


async def test_second_press_of_the_same_button_acts_again(slack: Workspace) -> None:
    """What the user does is counted, and not what the request looks like."""
    await slack.post(press(slack, "acknowledge", "111.222.abc"))
    await slack.world.engine.act(1001, ActionName.UNACK, verified_person("ana", "api"))
    await slack.post(press(slack, "acknowledge", "111.333.def"))
    assert (await slack.world.incident()).state is State.ACKNOWLEDGED


def _unused(*_: object) -> SocketConnection:
    raise AssertionError("no connection is opened")
