"""Replies in the thread of an incident's message are comments, each once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.store import StoreUnavailableError
from tests.flow.world import World, alert
from tests.web.slack.requests import event, reply
from tests.web.slack.workspace import CHANNEL, Workspace, workspace


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Yield a workspace with one critical incident that was notified."""
    async with workspace(tmp_path) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        yield made


async def comments(world: World) -> list[tuple[str, str]]:
    """Return authors and texts of the incident's comments."""
    return [(one.by, one.text) for one in (await world.incident()).responses.comments]


def below(slack: Workspace, text: str, **more: Any) -> dict[str, Any]:
    """Return the event of a reply below the incident's message."""
    channel = slack.fake.channel_id(CHANNEL)
    return reply(text, channel, slack.message["ts"], **more)


async def post(slack: Workspace, inner: dict[str, Any], id_: str = "Ev0001", **more: Any) -> Any:
    """Post an event; return the answer."""
    return await slack.post(event(inner, id_), "events", **more)


async def test_reply_of_a_known_person_is_a_comment(slack: Workspace) -> None:
    """The text is what the person wrote; the message then shows it, once."""
    text = "&lt;b&gt; see <https://x.example.com|the graph>, <@U0ANA> and <@U0NEW|new> <!here>"
    assert (await post(slack, below(slack, text))).status == 200
    expected = "<b> see the graph (https://x.example.com), @Ana and @U0NEW @here"
    assert await comments(slack.world) == [("ana", expected)]
    await slack.world.advance(1.0)
    assert "the graph" in str(slack.message["blocks"])
    assert slack.fake.replies(CHANNEL, slack.message["ts"]) == []


async def test_event_that_is_posted_again_is_one_comment(slack: Workspace) -> None:
    """Slack repeats what it got no answer to; its own signature may come again, too."""
    for retry in ("0", "1", "2"):
        headers = {"X-Slack-Retry-Num": retry, "X-Slack-Retry-Reason": "http_timeout"}
        assert (await post(slack, below(slack, "on it"), **headers)).status == 200
    assert len(await comments(slack.world)) == 1
    await post(slack, below(slack, "on it"), "Ev0002")
    assert len(await comments(slack.world)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"hidden": True},
        {"thread_ts": "1800000000.999999"},
        {"channel": "C0OTHER"},
        {"thread_ts": None},
        {"user": None},
        {"type": "reaction_added"},
        {"text": ""},
    ],
    ids=str,
)
async def test_other_messages_are_no_comments(slack: Workspace, change: dict[str, Any]) -> None:
    """Ours, edits, other threads and other channels: 200, and nothing is stored."""
    assert (await post(slack, {**below(slack, "hello"), **change})).status == 200
    assert await comments(slack.world) == []
    assert slack.fake.ephemeral == []


async def test_unknown_user_is_answered_once(slack: Workspace) -> None:
    """A reply of somebody unknown is not stored; the first one gets the reason, alone."""
    for number in range(3):
        await post(slack, below(slack, "hello", user="U0NEW"), f"Ev{number}")
    (shown,) = slack.fake.ephemeral
    assert (shown["user"], shown["thread_ts"]) == ("U0NEW", slack.message["ts"])
    assert "`slack: U0NEW`" in shown["text"]
    assert await comments(slack.world) == []


async def test_comment_that_was_not_saved_is_asked_for_again(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 lets Slack post it again, which then works; the author reads that meanwhile."""
    act = slack.world.engine.act

    async def lost(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the disk is full")

    monkeypatch.setattr(slack.world.engine, "act", lost)
    assert (await post(slack, below(slack, "on it"))).status == 503
    assert slack.fake.ephemeral[-1]["text"].startswith("*Not saved*")
    monkeypatch.setattr(slack.world.engine, "act", act)
    assert (await post(slack, below(slack, "on it"))).status == 200
    assert await comments(slack.world) == [("ana", "on it")]


async def test_comment_comes_from_slack_to_others_and_not_back(slack: Workspace) -> None:
    """A loop test: our own edit, posted back as an event, ends it."""
    await post(slack, below(slack, "on it"))
    before = len(slack.fake.received)
    await slack.world.advance(60.0)
    edited = {
        "type": "message",
        "subtype": "message_changed",
        "channel": slack.fake.channel_id(CHANNEL),
        "message": {**slack.message, "bot_id": "B1", "thread_ts": slack.message["ts"]},
    }
    await post(slack, edited, "Ev0099")
    await slack.world.advance(600.0)
    paths = [one.path for one in slack.fake.received[before:]]
    assert paths.count("/api/chat.update") == 1
    assert len(await comments(slack.world)) == 1


async def test_comment_from_elsewhere_is_a_reply_in_the_thread(slack: Workspace) -> None:
    """Who reads the thread sees it, with its text."""
    world = slack.world
    await world.engine.act(1001, ActionName.COMMENT, verified_person("ben", "api"), text="a <b>")
    await world.advance(1.0)
    (shown,) = slack.fake.replies(CHANNEL, slack.message["ts"])
    assert "Ben: a &lt;b&gt;" in shown["text"]


async def test_slack_may_verify_the_url(slack: Workspace) -> None:
    """The challenge comes back; unsigned it does not."""
    body = b'{"type": "url_verification", "challenge": "abc"}'
    answer = await slack.post(body, "events")
    assert await answer.json() == {"challenge": "abc"}
    assert (await slack.post(body, "events", secret="test-other-secret")).status == 401


async def test_reply_below_an_acknowledged_incident_is_a_comment(slack: Workspace) -> None:
    """Updates of the message keep its thread."""
    await slack.world.engine.act(1001, ActionName.ACK, verified_person("ana", "link"))
    await slack.world.advance(1.0)
    await post(slack, below(slack, "found it"))
    assert await comments(slack.world) == [("ana", "found it")]
