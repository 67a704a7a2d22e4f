"""Buttons of a real message: what they do, and what the person who pressed is shown."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from gateway.store import StoreUnavailableError
from gateway.web.slack import handlers
from tests.flow.world import ROUTES, alert
from tests.web.slack.requests import button
from tests.web.slack.workspace import Workspace, workspace

TWO = ROUTES.replace("email: ben@example.com}", "email: ben@example.com, slack: U0BEN}")


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Yield a workspace with one critical incident that was notified."""
    async with workspace(tmp_path, TWO) as made:
        await made.world.post(alert())
        await made.world.advance(1.0)
        yield made


def buttons(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the buttons of a message by their roles."""
    elements = [
        element
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return {one["action_id"].removeprefix("gateway_"): one for one in elements}


async def press(slack: Workspace, role: str, user: str = "U0ANA") -> str:
    """Press a button of the incident's message; return the last text that the user is shown."""
    value = buttons(slack.message)[role]["value"]
    url = slack.fake.response_url(user)
    answer = await slack.post(button(role, user, value, response_url=url))
    assert (answer.status, await answer.text()) == (200, "")
    return slack.fake.answers_to(user)[-1]


async def test_message_of_a_firing_incident_has_all_its_buttons(slack: Workspace) -> None:
    """They act at once, so none but the links opens a page; the dangerous ones ask first."""
    shown = buttons(slack.message)
    acting = ["acknowledge", "escalate", "silence_1h", "silence_4h", "resolve"]
    assert [one for one in shown if "url" not in shown[one]] == acting[1:]
    assert [one for one in shown if "confirm" in shown[one]] == ["escalate", "resolve"]
    assert "url" in shown["incident"]


async def test_acknowledge_shows_its_outcome_and_the_buttons_change(slack: Workspace) -> None:
    """The person is answered alone, and everyone sees the state in the message."""
    assert await press(slack, "acknowledge") == "You acknowledged #1001."
    await slack.world.advance(1.0)
    shown = buttons(slack.message)
    assert {"take", "undo", "escalate", "resolve"} <= set(shown)
    assert "acknowledge" not in shown
    assert await press(slack, "take", "U0BEN") == "You took #1001 over."
    assert await press(slack, "take", "U0ANA") == (
        "Nothing changed: #1001 is acknowledged by Ben now."
    )


async def test_escalate_pages_the_next_step(slack: Workspace) -> None:
    """Ben is paged before the wait of the first step is over."""
    await press(slack, "escalate")
    messages = await slack.world.advance(1.0)
    assert "email:ben@example.com" in [one.to for one in messages]


@pytest.mark.parametrize(("role", "hours"), [("silence_1h", 1), ("silence_4h", 4)])
async def test_silence_covers_the_incident_for_so_long(
    slack: Workspace, role: str, hours: int
) -> None:
    """A second press changes the silence and makes no second one."""
    for _ in range(2):
        assert (await press(slack, role)).startswith("#1001 is silenced until ")
    (silence,) = await slack.world.engine.silences.listed(ended=False)
    assert silence.ends_at - slack.world.now == hours * 3600.0
    assert silence.created_by == "ana"


async def test_resolve_ends_the_incident_with_its_buttons(slack: Workspace) -> None:
    """Everyone is notified; the message has links, and asks whether it was useful."""
    assert await press(slack, "resolve") == "#1001: resolved."
    await slack.world.advance(1.0)
    assert (await slack.world.incident()).state is State.RESOLVED
    shown = buttons(slack.message)
    assert [one for one in shown if "url" not in shown[one]] == ["useful", "noise"]


async def test_useful_or_noise_is_one_tap(slack: Workspace) -> None:
    """Each person has one mark; the later one counts."""
    await press(slack, "resolve")
    await slack.world.advance(1.0)
    assert await press(slack, "noise") == "#1001: marked as noise."
    assert await press(slack, "useful") == "#1001: marked useful."
    assert (await slack.world.incident()).responses.rating_of("ana") is True


async def test_handover_is_accepted_or_declined_by_a_button(slack: Workspace) -> None:
    """The person who is offered it gets a message with both; the giver keeps it until then."""
    ana, world = verified_person("ana", "link"), slack.world
    await world.ack(1001)
    for role, outcome, holder in (
        ("decline", "#1001: handover ended.", "ana"),
        ("accept", "You took #1001 over.", "ben"),
    ):
        await world.engine.act(1001, ActionName.HANDOVER, ana, to="ben")
        await world.advance(1.0)
        message = slack.fake.posted("U0BEN")[-1]
        assert {"accept", "decline"} <= set(buttons(message))
        assert "take" not in buttons(message)
        value = buttons(message)[role]["value"]
        url = slack.fake.response_url("U0BEN")
        await slack.post(button(role, "U0BEN", value, response_url=url))
        assert slack.fake.answers_to("U0BEN")[-1] == outcome
        ack = (await world.incident()).ack
        assert ack is not None
        assert ack.by == holder


async def test_action_on_a_resolved_incident_is_refused(slack: Workspace) -> None:
    """A press of an old message changes nothing and says why."""
    old = button("acknowledge", response_url=slack.fake.response_url("U0ANA"))
    await press(slack, "resolve")
    await slack.world.advance(60.0)
    await slack.post(old)
    assert slack.fake.answers_to("U0ANA")[-1] == "Nothing changed: #1001 is resolved already."


async def test_unknown_user_reads_how_to_be_known(slack: Workspace) -> None:
    """The refusal names the id, and what an admin must write."""
    text = await press(slack, "acknowledge", "U0NEW")
    assert text.startswith("*Not saved*")
    assert "`slack: U0NEW`" in text
    assert (await slack.world.incident()).ack is None


async def test_action_that_was_not_saved_is_shown_as_failed(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost database is no success: Slack gets its 200, the person the truth."""

    async def lost(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the disk is full")

    monkeypatch.setattr(slack.world.engine, "act", lost)
    text = await press(slack, "acknowledge")
    assert text.startswith("*Not saved*: the gateway's database cannot be reached.")
    assert (await slack.world.incident()).ack is None


async def test_slow_action_is_answered_at_once_and_shown_as_being_saved(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack waits three seconds only; "Saving…" comes first, then the outcome."""
    monkeypatch.setattr(handlers, "ANSWER_WITHIN", 0.01)
    gate, act = asyncio.Event(), slack.world.engine.act

    async def slow(*arguments: Any, **more: Any) -> Any:
        await gate.wait()
        return await act(*arguments, **more)

    monkeypatch.setattr(slack.world.engine, "act", slow)
    url = slack.fake.response_url("U0ANA")
    body = button("acknowledge", response_url=url)
    finish, before = slack.requests.finish, len(slack.fake.received)
    monkeypatch.setattr(slack.requests, "finish", lambda: asyncio.sleep(0))
    answer = await slack.post(body)
    assert answer.status == 200
    await slack.fake.arrived(before + 1)
    assert slack.fake.answers_to("U0ANA") == ["Saving…"]
    gate.set()
    await finish()
    assert slack.fake.answers_to("U0ANA") == ["Saving…", "You acknowledged #1001."]


@pytest.mark.parametrize(
    "url", ["https://evil.example.com/actions/x", "http://hooks.slack.com/x", "http://[", ""]
)
async def test_outcome_goes_to_slacks_own_host_only(slack: Workspace, url: str) -> None:
    """The URL comes from outside: another host gets nothing, and the action is done."""
    before = len(slack.fake.received)
    answer = await slack.post(button("acknowledge", response_url=url))
    assert answer.status == 200
    assert len(slack.fake.received) == before
    assert (await slack.world.incident()).ack is not None


async def test_one_press_announces_once_to_each_target(slack: Workspace) -> None:
    """The message is edited once with one reply in its thread, and others get one message."""
    before = len(slack.fake.received)
    await press(slack, "acknowledge")
    messages = await slack.world.advance(3600.0)
    assert len({one.to for one in messages}) == len(messages)
    paths = [one.path for one in slack.fake.received[before:]]
    assert [paths.count(f"/api/chat.{name}") for name in ("update", "postMessage")] == [1, 1]
