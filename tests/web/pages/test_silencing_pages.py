"""Page that silences an incident: viewing silences nothing, the button only this incident."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from aiohttp import encode_basic_auth

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.browser import browser
from tests.web.real import Client, served, token

Gateway = tuple[World, Client]
FORM = {"for": "7200", "why": "new disks, OPS-12"}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Yield a gateway whose incident #1001 fires and was notified."""
    async with served(tmp_path) as (world, client):
        await world.post(alert(instance="billing-1"), alert(instance="billing-2"))
        await world.advance(MINUTE)
        yield world, client


async def page_of(client: Client, method: str, path: str, status: int = 200, **more: object) -> str:
    """The page's text without its tags, in one line."""
    answer = await client.request(method, path, **more)  # type: ignore[arg-type]
    page = await answer.text()
    assert answer.status == status, page
    assert answer.headers["Cache-Control"] == "no-store"
    body = re.sub(r"(?s)<style>.*?</style>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def made(world: World) -> list[Silence]:
    return await world.engine.silences.listed(ended=False)


async def test_get_shows_what_would_be_silenced_and_changes_nothing(gateway: Gateway) -> None:
    """Promise 5, E18: GET and HEAD silence nothing, however often a scanner comes."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    for _ in range(3):
        page_text = await page_of(client, "GET", link)
        assert (await client.head(link)).status == 200
    assert await made(world) == []
    for text in (
        'alertname="DoubleChargeDetected"',
        "2 firing alerts match",
        "instance billing-1",
        "2 hours, until 13:07 UTC",
        "Reason",
    ):
        assert text in page_text, page_text


async def test_the_button_silences_just_this_incident(gateway: Gateway) -> None:
    """The matchers are the incident's own, as `gateway silence add --incident` takes them."""
    world, client = gateway
    answer = await client.get("/api/v1/silences/preview", params={"incident": 1001})
    expected = (await answer.json())["matchers"]
    link = f"/ack/{token(world)}/silence"
    text = await page_of(client, "POST", link, data=FORM)
    assert "Silenced until 13:07 UTC by Ana: new disks, OPS-12" in text
    (silence,) = await made(world)
    assert [str(matcher) for matcher in silence.matchers] == expected
    assert (silence.created_by, silence.comment) == ("ana", "new disks, OPS-12")
    assert (silence.starts_at, silence.ends_at) == (world.now, world.now + 2 * HOUR)
    await world.post(alert(instance="billing-3"))
    assert await world.advance(HOUR) == []


async def test_sent_twice_it_makes_one_silence(gateway: Gateway) -> None:
    """Who presses again, or says another length, changes the one that holds."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    await page_of(client, "POST", link, data=FORM)
    (first,) = await made(world)
    await world.advance(MINUTE)
    await page_of(client, "POST", link, data=FORM | {"for": "3600", "why": "shorter"})
    (second,) = await made(world)
    assert (second.id, second.starts_at) == (first.id, first.starts_at)
    assert (second.ends_at, second.comment) == (world.now + HOUR, "shorter")


async def test_it_can_be_undone_there(gateway: Gateway) -> None:
    """The other button ends what silences exactly this incident, and no other silence."""
    world, client = gateway
    other = [Matcher("team", "=", "billing")]
    await world.engine.silences.put(
        SilenceRequest(other, world.now, world.now + HOUR, "ben", "something else")
    )
    link = f"/ack/{token(world)}/silence"
    assert "End the silence now" not in await page_of(client, "GET", link)
    await page_of(client, "POST", link, data=FORM)
    assert "End the silence now" in await page_of(client, "GET", link)
    text = await page_of(client, "POST", f"{link}/end")
    assert "Silenced until" not in text
    assert [one.created_by for one in await made(world)] == ["ben"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"for": "7200", "why": "  "}, "Please write a reason"),
        ({"for": "7200"}, "Please write a reason"),
        ({"why": "x"}, "Please choose a duration"),
        ({"for": "999999999", "why": "x"}, "Please choose a duration"),
        ({}, "Please"),
    ],
)
async def test_what_is_missing_is_asked_for(
    gateway: Gateway, form: dict[str, str], error: str
) -> None:
    """Nothing is made, and what was written stays in the form. A day is the longest."""
    world, client = gateway
    text = await page_of(client, "POST", f"/ack/{token(world)}/silence", 422, data=form)
    assert error in text
    assert await made(world) == []


async def test_a_shared_link_asks_who_it_is(gateway: Gateway) -> None:
    """As for acknowledging: one of the people, not any name."""
    world, client = gateway
    link = f"/ack/{token(world, '')}/silence"
    for person in ("", "mallory"):
        text = await page_of(client, "POST", link, 422, data=FORM | {"person": person})
        assert "Please choose who you are" in text
    assert await made(world) == []
    await page_of(client, "POST", link, data=FORM | {"person": "ben"})
    assert [one.created_by for one in await made(world)] == ["ben"]


async def test_only_a_person_with_a_good_link_may(gateway: Gateway) -> None:
    """E19: no other site's page, no prefetch, no forged and no old link; nothing is made."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    for path in (link, f"{link}/end"):
        foreign = {"Sec-Fetch-Site": "cross-site"}
        await page_of(client, "POST", path, 403, data=FORM, headers=foreign)
        await page_of(client, "POST", path, 403, data=FORM, headers={"Sec-Purpose": "prefetch"})
    for method in ("GET", "POST"):
        await page_of(client, method, "/ack/forged/silence", 404)
        old = token(world, lifetime=-1.0)
        assert "expired" in await page_of(client, method, f"/ack/{old}/silence", 410)
    assert await made(world) == []


async def test_what_is_over_is_not_silenced(gateway: Gateway) -> None:
    """E19: an old message's link is no way to silence what may come later."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    over = [alert(instance=f"billing-{n}", ends_at=world.now) for n in (1, 2)]
    await world.post(*over)
    await world.advance(MINUTE)
    assert "is resolved, so there is nothing to silence" in await page_of(client, "GET", link)
    assert "is resolved, so there is nothing to silence" in await page_of(
        client, "POST", link, 422, data=FORM
    )
    assert await made(world) == []
    assert "Silence this incident" not in await page_of(client, "GET", f"/ack/{token(world)}")


async def _offered(client: Client, **head: str) -> str:
    answer = await client.get("/incidents/1001", headers=head)
    assert answer.status == 200
    matches = re.search(r'href="([^"]*/silence)"', await answer.text())
    return urljoin("/incidents/1001", matches[1]) if matches else ""


async def test_an_incidents_page_offers_it_to_who_may_change_things(tmp_path: Path) -> None:
    """On loopback to all, where a token is set to who gave it; never to who may only read."""
    key = "test-api-token"
    basic, bearer = encode_basic_auth("any", key), f"Bearer {key}"
    everywhere = {"listen": "0.0.0.0:9095", "public_reads": "1"}
    for number, (env, head, offered) in enumerate(
        [
            ({}, {}, True),
            ({"api_token": key}, {}, False),
            ({"api_token": key}, {"Authorization": basic}, True),
            ({"api_token": key}, {"Authorization": bearer}, True),
            ({"api_token": key}, {"Authorization": "Bearer wrong"}, False),
            (everywhere, {}, False),
            (everywhere | {"api_token": key}, {}, False),
            (everywhere | {"api_token": key}, {"Authorization": basic}, True),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with served(folder, **env) as (world, client):
            await world.post(alert())
            await world.advance(MINUTE)
            link = await _offered(client, **head)
            assert bool(link) == offered, (env, head)
            if link:
                assert "Who are you?" in await page_of(client, "GET", link)
                await world.advance(HOUR + MINUTE)
                await page_of(client, "POST", link, 410, data=FORM | {"person": "ana"})
                assert await made(world) == []


async def test_it_works_below_a_path(tmp_path: Path) -> None:
    """Its links and forms are relative: there, to the button's page, to its undoing and back."""
    outside = "https://tools.example.com/alertmanager/"
    async with served(tmp_path, external_url=outside) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)

        async def leads(method: str, url: str, expected: str, data: dict[str, str]) -> str:
            answer = await client.request(method, url, data=data)
            assert answer.status == 200, url
            matches = re.findall(r'(?:href|action)="([^"]+)"', await answer.text())
            (led,) = {urljoin(url, one) for one in matches if one.endswith(expected)}
            return led

        url = await leads("GET", "/alertmanager/incidents/1001", "/silence", {})
        form = await leads("GET", url, "/silence", {})
        assert form == url
        end = await leads("POST", form, "/silence/end", FORM | {"person": "ana"})
        assert len(await made(world)) == 1
        assert await leads("POST", end, "/silence", {}) == form
        assert await made(world) == []


@pytest.mark.browser
async def test_in_a_browser_on_a_phone(tmp_path: Path) -> None:
    """From the incident's page to a silence and back, without a script; nothing is too wide."""
    long = {"summary": "x" * 400}
    async with served(tmp_path) as (world, client), browser(tmp_path / "profile") as page:
        await world.post(alert(annotations=long, instance="i" * 200), alert(instance="2"))
        await world.advance(MINUTE)
        size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        await page.call("Emulation.setDeviceMetricsOverride", **size)
        await page.open(f"http://127.0.0.1:{client.port}/incidents/1001")
        links = "[...document.querySelectorAll('a')]"
        find = f"{links}.find(a => a.textContent.startsWith('Silence this incident'))"
        await page.open(str(await page.run(f"{find}.href")))
        assert await made(world) == []
        await page.run("document.getElementById('why').value = 'new disks'")
        await page.run("document.getElementById('person-silence').value = 'ana'")
        await page.run("document.getElementById('for').value = '3600'")
        assert await page.run("document.documentElement.scrollWidth") <= 360
        fields = "[...document.querySelectorAll('select, input')]"
        assert await page.run(f"{fields}.every(field => field.labels.length == 1)")
        targets = "[...document.querySelectorAll('button, select, input, .actions a')]"
        heights = f"Math.min(...{targets}.map(e => e.getBoundingClientRect().height))"
        assert await page.run(heights) >= 44
        await page.press("Silence")
        (silence,) = await made(world)
        assert (silence.created_by, silence.ends_at) == ("ana", world.now + HOUR)
        assert "Silenced until" in await page.text()
        await page.press("End the silence now")
        assert await made(world) == []
        assert [text for text in page.complaints if "favicon" not in text] == []
