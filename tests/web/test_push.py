"""Buttons of push messages: one tap acknowledges, as the person whose message it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.core.incidents.incident import State
from gateway.core.incidents.message import Button
from gateway.flow.delivery.compose import BUTTON_VALID_FOR
from gateway.links import Purpose
from tests.flow.world import MINUTE, ROUTES, World, alert
from tests.web.real import Client, served

PUSHED = (
    ROUTES.replace("channels:\n", 'channels:\n  ntfy: {url: "https://ntfy.example.com"}\n')
    .replace("slack: U0ANA}", "contacts: {push: {account: ntfy, topic: ana-x7Kq}}}")
    .replace("email: ben@example.com}", "contacts: {push: {account: ntfy, topic: ben-x7Kq}}}")
    .replace(
        "    email: [{to: billing-oncall@example.com}]\n",
        "    ntfy: [{topic: ana-x7Kq}, {topic: ben-x7Kq}, {topic: billing}]\n",
    )
)

Gateway = tuple[World, Client]
URL = "/push/acknowledge"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve a gateway in which incident #1001 is firing and was pushed to two people."""
    async with served(tmp_path, PUSHED) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        yield world, client


def button(world: World, topic: str) -> Button | None:
    """Return the button of the first message to a topic."""
    return next(one.message.button for one in world.delivered if one.to == f"ntfy:{topic}")


def authorization(world: World, topic: str) -> dict[str, str]:
    """Return the header that the app of a topic's subscriber sends."""
    pressed = button(world, topic)
    assert pressed is not None
    return {"Authorization": f"Bearer {pressed.token}"}


async def test_one_tap_acknowledges_as_the_person(gateway: Gateway) -> None:
    """Promise 5: by POST alone, with the token in a header, and without a page between."""
    world, client = gateway
    pressed = button(world, "ana-x7Kq")
    assert pressed is not None
    assert world.delivered[0].message.urgent, "so that the priority breaks through"
    assert pressed.url.endswith(URL)
    assert pressed.token not in pressed.url
    answer = await client.post(URL, headers=authorization(world, "ana-x7Kq"))
    assert (answer.status, await answer.text()) == (200, "#1001: acknowledged\n")
    incident = await world.incident()
    assert incident.state is State.ACKNOWLEDGED
    assert incident.ack is not None
    assert (incident.ack.by, incident.ack.via) == ("ana", "push")


async def test_second_tap_and_second_person_get_2xx(gateway: Gateway) -> None:
    """The app shows any other status as a failure; nothing changes, and the text says why."""
    world, client = gateway
    for topic, text in (
        ("ana-x7Kq", "#1001: acknowledged\n"),
        ("ana-x7Kq", "#1001: already acknowledged\n"),
        ("ben-x7Kq", "#1001: Ana has acknowledged it already\n"),
    ):
        answer = await client.post(URL, headers=authorization(world, topic))
        assert (answer.status, await answer.text()) == (200, text)
    incident = await world.incident()
    assert incident.ack is not None
    assert incident.ack.by == "ana"


async def test_shared_topic_has_no_button_that_acts(gateway: Gateway) -> None:
    """Everyone who subscribes would acknowledge as somebody else."""
    world, _ = gateway
    assert button(world, "billing") is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_other_methods_change_nothing(gateway: Gateway, method: str) -> None:
    """Promise 5: a GET that a program makes of the URL acts on nothing."""
    world, client = gateway
    before = await world.incident()
    answer = await client.request(method, URL, headers=authorization(world, "ana-x7Kq"))
    assert answer.status in (404, 405)
    assert await world.incident() == before


async def test_tokens_of_other_purposes_and_forged_ones_are_refused(gateway: Gateway) -> None:
    """A link of a mail does not press the button, nor the button's token open a page."""
    world, client = gateway
    links = world.replicas[0].links
    other = links.token(Purpose.ACKNOWLEDGE, 1001, "ana", world.now + 60)
    right = authorization(world, "ana-x7Kq")["Authorization"]
    for header in (f"Bearer {other}", f"{right}x", right.removeprefix("Bearer "), "", "Basic a"):
        answer = await client.post(URL, headers={"Authorization": header})
        assert answer.status == 401, header
    assert (await client.post(f"/ack/{right.removeprefix('Bearer ')}")).status == 404
    assert (await world.incident()).state is State.FIRING


async def test_button_expires(gateway: Gateway) -> None:
    """The server of the push messages keeps them; an old one acts on nothing."""
    world, client = gateway
    header = authorization(world, "ana-x7Kq")
    await world.advance(BUTTON_VALID_FOR + MINUTE)
    before = await world.incident()
    answer = await client.post(URL, headers=header)
    assert answer.status == 410
    assert "open incident #1001" in await answer.text()
    assert await world.incident() == before


async def test_web_app_of_the_server_may_ask(gateway: Gateway) -> None:
    """A browser asks first; the token is all that counts, so any origin may send it."""
    world, client = gateway
    headers = {"Origin": "https://ntfy.example.com"}
    preflight = await client.options(URL, headers=headers)
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization"
    answer = await client.post(URL, headers=headers | authorization(world, "ana-x7Kq"))
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
