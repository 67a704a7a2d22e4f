"""The connection of Socket Mode, by Slack's SDK, to a real WebSocket server."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateway.channels.slack.socket_mode import SocketConnection
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret
from tests.fakes import FakeSlack

APP_TOKEN = "xapp-1-test-0000"


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    """Yield a fake Slack with an app."""
    async with FakeSlack() as fake:
        fake.app_token = APP_TOKEN
        yield fake


class Received:
    """What a connection received, and how it answers."""

    def __init__(self) -> None:
        self.envelopes: list[tuple[str, Mapping[str, Any]]] = []
        self.answer: Mapping[str, Any] | None = {}

    async def __call__(
        self, kind: str, envelope: str, payload: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        self.envelopes.append((kind, payload))
        return self.answer


def connection(fake: FakeSlack, received: Received, token: str = APP_TOKEN) -> SocketConnection:
    return SocketConnection(Secret(token), received, api_url=fake.api_url, ping_every=0.05)


async def test_envelope_is_received_and_acknowledged(fake: FakeSlack) -> None:
    """A command is answered in its acknowledgement; what takes no answer gets none."""
    received = Received()
    one = connection(fake, received)
    await one.open()
    assert one.connected
    received.answer = {"text": "Ana is on call."}
    assert await fake.push("slash_commands", {"command": "/oncall"}) == {"text": "Ana is on call."}
    assert await fake.push("interactive", {"type": "block_actions"}) is None
    assert [kind for kind, _ in received.envelopes] == ["slash_commands", "interactive"]
    await one.close()
    assert not one.connected


async def test_lost_connection_is_made_again(fake: FakeSlack) -> None:
    """Slack closes connections from time to time, and asks for new ones."""
    received = Received()
    one = connection(fake, received)
    await one.open()
    await fake.until(lambda: len(fake.sockets) == 1)
    first = fake.sockets[0]
    await first.close()
    await fake.until(lambda: bool(fake.sockets) and fake.sockets[-1] is not first)
    await fake.push("events_api", {"event_id": "Ev1"})
    second = fake.sockets[-1]
    await second.send_json({"type": "disconnect", "reason": "refresh_requested"})
    await fake.until(lambda: bool(fake.sockets) and fake.sockets[-1] is not second)
    await fake.push("events_api", {"event_id": "Ev2"})
    assert [payload["event_id"] for _, payload in received.envelopes] == ["Ev1", "Ev2"]
    await one.close()


@pytest.mark.parametrize("token", ["xapp-1-wrong-0000", "xoxb-test-0000"])
async def test_refused_token_is_misconfigured(fake: FakeSlack, token: str) -> None:
    """It fails at once instead of being tried for ever, and the token is not in the error."""
    one = connection(fake, Received(), token)
    with pytest.raises(SendError) as caught:
        await one.open()
    assert caught.value.failure is Failure.MISCONFIGURED
    assert token not in str(caught.value)
    await one.close()


async def test_unreachable_slack_is_a_connection_failure() -> None:
    """Nobody listens there."""
    async with FakeSlack() as fake:
        url = fake.api_url
    one = SocketConnection(Secret(APP_TOKEN), Received(), api_url=url)
    with pytest.raises(SendError) as caught:
        await one.open()
    assert caught.value.failure is Failure.CONNECTION
    await one.close()


async def test_rubbish_is_ignored(fake: FakeSlack) -> None:
    """Unknown messages neither break the connection nor reach a handler."""
    received = Received()
    one = connection(fake, received)
    await one.open()
    await fake.until(lambda: len(fake.sockets) == 1)
    for text in ("", "{", "[]", '{"type": "unknown"}', '{"envelope_id": 5}'):
        await fake.sockets[-1].send_str(text)
    await fake.push("interactive", {"type": "block_actions"})
    assert len(received.envelopes) == 1
    await one.close()
