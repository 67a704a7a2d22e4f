"""The Acknowledge and Take over buttons of Slack messages (E38)."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from tests.flow.world import ROUTES, World, alert
from tests.shared_data import shared
from tests.web.real import Client, served
from tests.web.slack.requests import button, pressed, send


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[tuple[World, Client]]:
    """Yield a world with one critical incident that was notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        yield world, client


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


async def test_press_of_unknown_user_changes_nothing(slack: tuple[World, Client]) -> None:
    """Where people have Slack ids, only they act; anybody else reads how to be known."""
    world, client = slack
    assert (await send(world, client, pressed(user={"id": "U0NEW"}))).status == 200
    assert (await world.incident()).ack is None


async def test_where_nobody_has_a_slack_id_anyone_acts(tmp_path: Path) -> None:
    """A file without ids keeps its buttons; the timeline has the id that Slack proves."""
    async with served(tmp_path, ROUTES.replace(", slack: U0ANA", "")) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        await send(world, client, pressed(user={"id": "U0NEW"}))
        incident = await world.incident()
        assert incident.ack is not None
        assert incident.ack.by == "slack:U0NEW"


async def test_take_over_by_button_names_the_holder_of_the_message(tmp_path: Path) -> None:
    """E20: the first press of Take over wins; a second one, from the same message, does nothing."""
    people = ROUTES.replace("email: ben@example.com}", "email: ben@example.com, slack: U0BEN}")
    people = people.replace("rotas:", "  cho: {name: Cho, slack: U0CHO}\nrotas:", 1)
    async with served(tmp_path, people) as (world, client):
        await world.post(alert())
        await world.advance(1.0)
        await world.ack(1001)
        for user in ("U0BEN", "U0CHO"):
            taken = button("take", user, "1001:ana")
            assert (await send(world, client, taken)).status == 200
            incident = await world.incident()
            assert incident.ack is not None
            assert (incident.ack.by, incident.ack.via) == ("ben", "slack")


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
