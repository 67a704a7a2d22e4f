"""What Slack posts: signed, fresh, of a size; and what is refused, recorded and never a 500."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store.state import timeline
from tests.flow.world import ROUTES, alert
from tests.web.slack.requests import button, command, event, reply, send
from tests.web.slack.workspace import Workspace, workspace

BODIES = {
    "actions": button("acknowledge"),
    "commands": command("oncall"),
    "events": event(reply("hello", "C1", "1.1")),
}


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Yield a workspace with one incident."""
    async with workspace(tmp_path) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        yield made


@pytest.mark.parametrize("kind", BODIES)
async def test_forged_or_old_request_is_refused(slack: Workspace, kind: str) -> None:
    """401, before and after the window, and nothing changes."""
    forged = {"X-Slack-Signature": "v0=" + "0" * 64}
    for options in (
        {"secret": "test-other-secret"},
        {"age": 301.0},
        {"age": -301.0},
        forged,
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "9" * 5000},
    ):
        assert (await slack.post(BODIES[kind], kind, **options)).status == 401
    assert (await slack.world.incident()).ack is None


@pytest.mark.parametrize(("kind", "again"), [("actions", 401), ("commands", 401), ("events", 200)])
async def test_replay_changes_nothing(slack: Workspace, kind: str, again: int) -> None:
    """What acts is valid once. An event may come again, because Slack repeats it."""
    assert (await slack.post(BODIES[kind], kind)).status == 200
    assert (await slack.post(BODIES[kind], kind)).status == again


@pytest.mark.parametrize("kind", BODIES)
async def test_large_body_is_refused(slack: Workspace, kind: str) -> None:
    """413, whether or not it is signed."""
    assert (await slack.post(b"x" * (256 * 1024 + 1), kind)).status == 413


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b"payload=[1]",
        b"payload=%7B",
        b"payload=" + b"%5B" * 20_000,
        b'{"type": "url_verification"}',
        b"&".join(b"a%d=1" % number for number in range(200)),
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_malformed_but_authentic_request_is_recorded(
    slack: Workspace, kind: str, body: bytes
) -> None:
    """200, because Slack counts anything else as a failure; an admin sees what came."""
    assert (await slack.post(body, kind)).status == 200
    rejected = await slack.world.engine.store.read(lambda tx: timeline.rejected_requests(tx, 10))
    known = kind == "events" and body.startswith(b'{"type"')
    assert known or [one.source for one in rejected] == ["callbacks/slack"]


@pytest.mark.parametrize("account", ["other", "email", "slack%2Fx"])
async def test_account_without_a_signing_secret_takes_nothing(
    slack: Workspace, account: str
) -> None:
    """404 says what is missing, before any body is read."""
    path = f"/callbacks/{account}/actions"
    answer = await send(slack.world, slack.client, BODIES["actions"], path=path)
    assert answer.status == 404


async def test_secret_of_another_account_does_not_open_this_one(tmp_path: Path) -> None:
    """The path names the account; only /slack/actions asks all of them."""
    other = "  slack-eu: {type: slack, token: test-eu-token, signing_secret: test-eu-secret}\n"
    routes = ROUTES.replace("severities:", f"{other}severities:", 1)
    async with workspace(tmp_path, routes) as slack:
        wrong = await slack.post(BODIES["actions"], secret="test-eu-secret")
        assert wrong.status == 401
        path = "/callbacks/slack-eu/actions"
        body = BODIES["actions"]
        right = await send(slack.world, slack.client, body, path=path, secret="test-eu-secret")
        assert right.status == 200
