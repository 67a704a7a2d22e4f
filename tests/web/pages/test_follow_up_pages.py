"""The page of an incident's follow-up items: GET changes nothing, POST adds and marks."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.core.actor import verified_person
from tests.flow.world import DAY, MINUTE, START, World, alert
from tests.web.pages.test_silencing_pages import page_of
from tests.web.real import Client, served, token

Gateway = tuple[World, Client]
ITEM = {"text": "Alert on the retry queue", "owner": "ben", "due": "2026-11-20"}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Yield a gateway whose incident #1001 fires and was notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        yield world, client


async def test_item_is_added_with_owner_and_date_and_shown_on_the_incident(
    gateway: Gateway,
) -> None:
    """The date is due at the end of that day, on the reader's wall clock."""
    world, client = gateway
    link = f"/ack/{token(world)}/follow-ups"
    assert "Nothing is planned yet" in await page_of(client, "GET", link)
    text = await page_of(client, "POST", link, data=ITEM)
    assert "Alert on the retry queue Ben, due" in text
    (item,) = await world.engine.follow_ups.of_incident(1001)
    assert (item.owner, item.created_by.verified) == ("ben", True)
    assert item.due_at is not None
    assert 1 * DAY < item.due_at - START < 3 * DAY
    assert "Alert on the retry queue" in await page_of(client, "GET", "/incidents/1001")


async def test_item_is_marked_done_and_open_again(gateway: Gateway) -> None:
    """The page says who did it and when."""
    world, client = gateway
    link = f"/ack/{token(world)}/follow-ups"
    await client.post(link, data=ITEM)
    assert "UTC by Ana" in await page_of(client, "POST", f"{link}/1", data={"done": "yes"})
    assert "It is not done" in await page_of(client, "GET", link)
    await client.post(f"{link}/1", data={"done": "no"})
    (item,) = await world.engine.follow_ups.of_incident(1001)
    assert item.open


async def test_item_gets_another_owner_and_date(gateway: Gateway) -> None:
    """The form has what the item says; a day that stays keeps its minute, an empty one goes."""
    world, client = gateway
    ana, minute = verified_person("ana", "link"), world.now + DAY
    await world.engine.follow_ups.add(1001, ana, "Refund twice", "ana", minute)
    link = f"/ack/{token(world)}/follow-ups"
    html = await (await client.get(link)).text()
    assert '<option value="ana" selected>Ana</option>' in html
    (day,) = re.findall(r'name="due" type="date" autocomplete="off" value="([^"]+)"', html)
    form = {"text": "Refund once", "owner": "ben", "due": day}
    assert "Refund once Ben, due" in await page_of(client, "POST", f"{link}/1/change", data=form)
    (item,) = await world.engine.follow_ups.of_incident(1001)
    assert (item.text, item.owner, item.due_at) == ("Refund once", "ben", minute)
    await client.post(f"{link}/1/change", data={**form, "owner": "", "due": ""})
    (item,) = await world.engine.follow_ups.of_incident(1001)
    assert (item.owner, item.due_at) == ("", None)
    before = len(await world.timeline())
    await client.post(f"{link}/1/change", data={**form, "owner": "", "due": ""})
    assert len(await world.timeline()) == before


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"text": " "}, "an item must not be empty"),
        ({"owner": "bem"}, 'routes.yaml declares no person "bem"'),
        ({"due": "soon"}, "The date is not understood"),
    ],
)
async def test_bad_change_is_refused_with_the_reason(
    gateway: Gateway, form: dict[str, str], error: str
) -> None:
    """The item stays as it is."""
    world, client = gateway
    link = f"/ack/{token(world)}/follow-ups"
    await client.post(link, data=ITEM)
    before = await world.engine.follow_ups.of_incident(1001)
    assert error in await page_of(client, "POST", f"{link}/1/change", 422, data=form)
    assert await world.engine.follow_ups.of_incident(1001) == before


async def test_overdue_item_is_marked(gateway: Gateway) -> None:
    """The word says it, not only a colour."""
    world, client = gateway
    ana = verified_person("ana", "link")
    await world.engine.follow_ups.add(1001, ana, "Refund twice", "ana", world.now - DAY)
    assert "overdue Refund twice" in await page_of(client, "GET", "/incidents/1001")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"text": " "}, "an item must not be empty"),
        ({"text": "x", "owner": "bem"}, 'routes.yaml declares no person "bem"'),
        ({"text": "x", "due": "soon"}, "The date is not understood"),
    ],
)
async def test_bad_form_is_refused_with_the_reason(
    gateway: Gateway, form: dict[str, str], error: str
) -> None:
    """Nothing is stored, and the page says what is wrong."""
    world, client = gateway
    text = await page_of(client, "POST", f"/ack/{token(world)}/follow-ups", 422, data=form)
    assert error in text
    assert not await world.engine.follow_ups.of_incident(1001)


async def test_link_marks_items_of_its_own_incident_only(gateway: Gateway) -> None:
    """The token grants one incident."""
    world, client = gateway
    await world.post(alert("Slow", "warning"))
    await world.advance(MINUTE)
    ana = verified_person("ana", "link")
    other = await world.engine.follow_ups.add(1002, ana, "Another")
    link = f"/ack/{token(world)}/follow-ups/{other.id}"
    assert "no such item" in await page_of(client, "POST", link, 404, data={"done": "yes"})
    changed = await page_of(client, "POST", f"{link}/change", 404, data={"text": "Mine"})
    assert "no such item" in changed
    (item,) = await world.engine.follow_ups.of_incident(1002)
    assert item.open


async def test_foreign_or_forged_request_is_refused(gateway: Gateway) -> None:
    """As on all pages of links."""
    world, client = gateway
    link = f"/ack/{token(world)}/follow-ups"
    foreign = {"Origin": "https://evil.example.net"}
    assert (await client.post(link, data=ITEM, headers=foreign)).status == 403
    assert (await client.post("/ack/forged/follow-ups", data=ITEM)).status == 404
    assert (await client.head(link)).status == 200
    assert not await world.engine.follow_ups.of_incident(1001)
