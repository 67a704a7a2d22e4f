"""Buttons, commands and thread replies through Socket Mode."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from gateway.channels.slack.socket_mode import Receive, SocketConnection
from gateway.core.plan.accounts import ChannelSettings
from gateway.store import StoreUnavailableError
from gateway.web.slack import socket_mode
from gateway.web.slack.socket_mode import SocketMode
from tests.flow.world import ROUTES, alert
from tests.web.slack.requests import button, command, event, reply
from tests.web.slack.workspace import CHANNEL, SlackWorld, Workspace, workspace

WITH_APP = ROUTES.replace(
    'signing_secret: "${SLACK_SIGNING_SECRET}"', 'app_token: "xapp-1-test-0000"'
)


@asynccontextmanager
async def running(mode: SocketMode) -> AsyncIterator[asyncio.Task[None]]:
    """Run it until the end of the block."""
    task = asyncio.get_running_loop().create_task(mode.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def mode_of(slack: Workspace) -> SocketMode:
    """Return Socket Mode that connects to the fake."""

    def connect(settings: ChannelSettings, receive: Receive) -> SocketConnection:
        token = settings.secrets["app_token"]
        return SocketConnection(token, receive, api_url=slack.fake.api_url, ping_every=0.05)

    return SocketMode(slack.world.engine, slack.requests, connect)


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Yield a workspace with an app in Socket Mode, and one incident that was notified."""
    async with workspace(tmp_path, WITH_APP) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        async with running(mode_of(made)):
            await made.fake.until(lambda: len(made.fake.sockets) == 1)
            yield made


def pressed(role: str, slack: Workspace, user: str = "U0ANA") -> Any:
    """Return the payload of a button press."""
    body = button(role, user, response_url=slack.fake.response_url(user))
    return json.loads(parse_qs(body.decode())["payload"][0])


async def test_button_acts_and_its_outcome_is_shown(slack: Workspace) -> None:
    """The message has buttons that act, without a signing secret."""
    actions = [one for one in slack.message["blocks"] if one["type"] == "actions"]
    assert "gateway_escalate" in str(actions)
    await slack.fake.push("interactive", pressed("acknowledge", slack))
    await slack.requests.finish()
    ack = (await slack.world.incident()).ack
    assert ack is not None
    assert (ack.by, ack.via, ack.verified) == ("ana", "slack", True)
    assert slack.fake.answers_to("U0ANA") == ["You acknowledged #1001."]


async def test_envelope_that_comes_again_acts_once(slack: Workspace) -> None:
    """Slack sends again what it thinks was not acknowledged."""
    payload = pressed("escalate", slack)
    for _ in range(2):
        await slack.fake.push("interactive", payload, "envelope-again")
    messages = await slack.world.advance(1.0)
    assert [one.reason for one in messages if one.to == "email:ben@example.com"] == ["escalation"]


async def test_command_is_answered_in_its_acknowledgement(slack: Workspace) -> None:
    """Only the person who typed it sees the answer."""
    form = dict(parse_qsl(command("incidents").decode(), keep_blank_values=True))
    answer = await slack.fake.push("slash_commands", form)
    assert answer["response_type"] == "ephemeral"
    assert "#1001" in answer["text"]


async def test_thread_reply_is_a_comment_once(slack: Workspace) -> None:
    """The event's id counts, by HTTP or by Socket Mode."""
    channel, thread = slack.fake.channel_id(CHANNEL), slack.message["ts"]
    payload = json.loads(event(reply("refunding now", channel, thread)))
    await slack.fake.push("events_api", payload)
    await slack.fake.push("events_api", payload)
    comments = (await slack.world.incident()).responses.comments
    assert [(one.by, one.text) for one in comments] == [("ana", "refunding now")]


async def test_event_that_is_not_saved_is_not_acknowledged(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So Slack sends it again."""

    async def fail(*args: object) -> None:
        raise StoreUnavailableError("the disk is full")

    mode = mode_of(slack)
    channel, thread = slack.fake.channel_id(CHANNEL), slack.message["ts"]
    payload = json.loads(event(reply("refunding now", channel, thread)))
    with monkeypatch.context() as patch:
        patch.setattr(slack.world.engine.store, "write", fail)
        patch.setattr(slack.world.engine.store, "read", fail)
        assert await mode.receive("slack", "events_api", "envelope-1", payload) is None
    assert await mode.receive("slack", "events_api", "envelope-1", payload) == {}
    assert (await slack.world.incident()).responses.comments


async def test_reload_without_the_token_disconnects(tmp_path: Path) -> None:
    """And one with it connects, without a restart."""
    async with workspace(tmp_path, WITH_APP) as slack:
        mode = mode_of(slack)
        await mode.check_once()
        await slack.fake.until(lambda: len(slack.fake.sockets) == 1)
        await slack.fake.push("interactive", pressed("acknowledge", slack))
        assert [(one.component, one.ok) for one in mode.health()] == [
            ("Slack Socket Mode (slack)", True)
        ]
        await reload(slack.world, ROUTES)
        await mode.check_once()
        await slack.fake.until(lambda: not slack.fake.sockets)
        assert mode.health() == []


async def reload(world: SlackWorld, routes: str) -> None:
    """Load another routes.yaml."""
    world.routes = routes
    assert not await world.engine.reload()


async def test_refused_token_is_a_problem_until_it_is_accepted(tmp_path: Path) -> None:
    """/readyz names the account and the reason, never the token."""
    async with workspace(tmp_path, WITH_APP) as slack:
        slack.fake.app_token = "xapp-1-other-0000"
        noted = asyncio.Event()
        slack.world.engine.metrics.set_socket_mode = (  # type: ignore[method-assign]
            lambda account, *, connected: noted.set()
        )
        mode = mode_of(slack)
        await mode.check_once()
        await noted.wait()
        text = mode.health()[0].text
        assert text.startswith("misconfigured")
        assert "xapp" not in text
        assert not mode.health()[0].ok
        await reload(slack.world, ROUTES)
        await mode.check_once()


class Faulty:
    """A connection whose library fails as it should not."""

    connected = False

    def __init__(self, opened: asyncio.Semaphore, close: Callable[[], Awaitable[None]]) -> None:
        self._opened = opened
        self._close = close

    async def open(self) -> None:
        self._opened.release()
        raise RuntimeError("session is closed")

    async def close(self) -> None:
        await self._close()


async def fail() -> None:
    """Fail to close."""
    raise ValueError


async def hang() -> None:
    """Wait for a peer that is silent."""
    await asyncio.Event().wait()


@pytest.mark.parametrize("close", [fail, hang])
async def test_unexpected_error_of_the_library_does_not_end_it(
    tmp_path: Path, close: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown in /readyz, and the connection is opened again."""
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(socket_mode, "CLOSE_WITHIN", 0.0)
    async with workspace(tmp_path, WITH_APP) as made:
        opened = asyncio.Semaphore(0)
        mode = SocketMode(made.world.engine, made.requests, lambda *_: Faulty(opened, close))
        async with running(mode), asyncio.timeout(10):
            for _ in range(3):
                await opened.acquire()
            (health,) = mode.health()
            assert not health.ok
            assert health.text == "the connection failed, see the log"
