"""/api/v1/swaps and the link in the request: asked, shown, accepted, declined."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.links import Purpose
from tests.flow.world import DAY, ROUTES, START, World
from tests.web.api_v1.test_api import call
from tests.web.real import Client, served
from tests.web.slack.test_buttons import pressed, send

PATH = "/api/v1/swaps"
ROTATING = ROUTES.replace("members: [ana]", "members: [ana, ben]")
Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Serve a gateway in which Ana and Ben take turns of a week; Ben has the present one."""
    async with served(tmp_path, ROTATING) as (world, client):
        yield world, client


async def on_call(client: Client, at: str) -> str:
    answer = await call(client, "GET", f"/api/v1/oncall?at={at}")
    return str(answer["duty"][0]["on_call"][0]["id"])


WEEK_OF_ANA, WEEK_OF_BEN = "2026-11-25T00:00:00Z", "2026-12-02T00:00:00Z"
WISH = {
    "rota": "billing",
    "as": "ana",
    "with": "ben",
    "gives": {"from": WEEK_OF_ANA},
    "takes": {"from": WEEK_OF_BEN},
    "why": "dentist",
}


async def test_swap_is_requested_listed_and_accepted(gateway: Gateway) -> None:
    """Nothing changes until the other person accepts; then both shifts are exchanged."""
    _, client = gateway
    swap = (await call(client, "POST", PATH, json=WISH))["swap"]
    assert (swap["id"], swap["state"], swap["with"]["id"]) == (1, "open", "ben")
    assert swap["gives"] == {"from": "2026-11-23T08:00:00Z", "to": "2026-11-30T08:00:00Z"}
    assert await on_call(client, WEEK_OF_ANA) == "ana"
    assert (await call(client, "GET", f"{PATH}?person=ben"))["swaps"] == [swap]
    assert (await call(client, "GET", f"{PATH}?person=cho"))["swaps"] == []
    accepted = await call(client, "POST", f"{PATH}/1/accept", json={"as": "ben"})
    assert accepted["swap"]["state"] == "accepted"
    assert accepted["swap"]["answered_by"]["id"] == "ben"
    assert len(accepted["effects"]) == 2
    assert await on_call(client, WEEK_OF_ANA) == "ben"
    assert await on_call(client, WEEK_OF_BEN) == "ana"
    assert (await call(client, "GET", f"{PATH}/1")) == accepted["swap"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"with": "bne"}, "with"),
        ({"rota": "biling"}, "rota"),
        ({"gives": {"from": WEEK_OF_BEN}}, "gives"),
        ({"takes": {"from": WEEK_OF_ANA}}, "takes"),
        ({"as": "anna"}, "as"),
        ({"gives": {}}, "gives.from"),
    ],
)
async def test_swap_that_cannot_be_meant_is_rejected_with_its_field(
    gateway: Gateway, change: dict[str, Any], field: str
) -> None:
    """422 names the field, and nothing is stored."""
    _, client = gateway
    answer = await call(client, "POST", PATH, 422, json={**WISH, **change})
    assert answer["detail"][0]["field"] == field
    assert (await call(client, "GET", PATH))["swaps"] == []


async def test_answers_of_the_wrong_person_or_too_late_are_refused(gateway: Gateway) -> None:
    """422 for somebody else, 409 when it is answered, 404 for an unknown id."""
    _, client = gateway
    await call(client, "POST", PATH, json=WISH)
    wrong = await call(client, "POST", f"{PATH}/1/accept", 422, json={"as": "ana"})
    assert wrong["error"] == "only Ben can accept this swap"
    await call(client, "POST", f"{PATH}/1/cancel", json={"as": "ana"})
    late = await call(client, "POST", f"{PATH}/1/decline", 409, json={"as": "ben"})
    assert late["error"] == "swap 1 is cancelled by Ana"
    await call(client, "POST", f"{PATH}/9/accept", 404, json={"as": "ben"})


async def page(client: Client, method: str, path: str, status: int = 200) -> str:
    """Return the text of a page without tags, in one line."""
    answer = await client.request(method, path)
    text = await answer.text()
    assert answer.status == status, text
    body = re.sub(r"(?s)<style>.*?</style>", " ", text)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def link(world: World, person: str = "ben", purpose: Purpose = Purpose.SWAP) -> str:
    return f"/swap/{world.engine.links.token(purpose, 1, person, START + 30 * DAY)}"


async def test_link_shows_the_swap_and_only_its_button_accepts(gateway: Gateway) -> None:
    """Promise 5: GET changes nothing; POST accepts as the person whom the link was sent to."""
    world, client = gateway
    await call(client, "POST", PATH, json=WISH)
    text = await page(client, "GET", link(world))
    assert "Ana asks Ben to swap shifts in billing" in text
    assert "dentist" in text
    assert "Accept as Ben" in text
    assert (await client.head(link(world))).status == 200
    assert await on_call(client, WEEK_OF_ANA) == "ana"
    assert "ACCEPTED" in await page(client, "POST", link(world))
    assert await on_call(client, WEEK_OF_ANA) == "ben"
    swap = await call(client, "GET", f"{PATH}/1")
    assert swap["answered_by"]["verified"] is True
    again = await page(client, "POST", link(world))
    assert "Nothing changed: swap 1 is accepted by Ben." in again
    assert "Accept as Ben" not in again


async def test_link_declines(gateway: Gateway) -> None:
    """The second button of the page says no."""
    world, client = gateway
    await call(client, "POST", PATH, json=WISH)
    assert "DECLINED" in await page(client, "POST", f"{link(world)}/decline")
    assert await on_call(client, WEEK_OF_ANA) == "ana"


async def test_link_of_another_purpose_person_or_time_does_not_accept(gateway: Gateway) -> None:
    """A link to acknowledge, one of somebody else and an expired one change nothing."""
    world, client = gateway
    await call(client, "POST", PATH, json=WISH)
    await page(client, "POST", link(world, purpose=Purpose.ACKNOWLEDGE), 404)
    assert "only Ben can accept" in await page(client, "POST", link(world, "ana"))
    expired = f"/swap/{world.engine.links.token(Purpose.SWAP, 1, 'ben', world.now - 1.0)}"
    assert "expired" in await page(client, "GET", expired, 410)
    missing = f"/swap/{world.engine.links.token(Purpose.SWAP, 8, 'ben', START + DAY)}"
    assert "no such swap" in await page(client, "POST", missing, 404)
    assert (await call(client, "GET", f"{PATH}/1"))["state"] == "open"


async def test_buttons_in_slack_answer_as_the_person_who_pressed(tmp_path: Path) -> None:
    """Slack signs who pressed; a press of somebody else, or on an old message, does nothing."""
    routes = ROTATING.replace("email: ben@example.com}", "email: ben@example.com, slack: U0BEN}")
    async with served(tmp_path, routes) as (world, client):
        for number, (user, button, state) in enumerate(
            [
                ("U0ANA", "gateway_accept_swap", "open"),
                ("U0BEN", "gateway_decline_swap", "declined"),
                ("U0BEN", "gateway_accept_swap", "accepted"),
            ],
            1,
        ):
            await call(client, "POST", PATH, json=WISH)
            actions = [{"action_id": button, "value": str(number)}]
            for _ in range(2):
                world.now += 1.0
                body = pressed(user={"id": user}, actions=actions)
                assert (await send(world, client, body)).status == 200
            swap = await call(client, "GET", f"{PATH}/{number}")
            assert swap["state"] == state
        assert swap["answered_by"]["via"] == "slack"
        assert swap["answered_by"]["verified"] is True
