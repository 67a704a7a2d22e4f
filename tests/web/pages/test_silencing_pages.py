"""The page that silences one incident: GET changes nothing, POST creates or ends a silence."""

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
    """Request a page and return its text without tags, in one line."""
    answer = await client.request(method, path, **more)  # type: ignore[arg-type]
    page = await answer.text()
    assert answer.status == status, page
    assert answer.headers["Cache-Control"] == "no-store"
    body = re.sub(r"(?s)<style>.*?</style>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def active_silences(world: World) -> list[Silence]:
    return await world.engine.silences.listed(ended=False)


async def test_get_shows_what_would_be_silenced_and_changes_nothing(gateway: Gateway) -> None:
    """Promise 5, E18: GET and HEAD silence nothing, however often a scanner sends them."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    for _ in range(3):
        page_text = await page_of(client, "GET", link)
        assert (await client.head(link)).status == 200
    assert await active_silences(world) == []
    for text in (
        'alertname="DoubleChargeDetected"',
        "2 firing alerts match",
        "instance billing-1",
        "2 hours, until 13:07 UTC",
        "Reason",
    ):
        assert text in page_text, page_text


async def test_post_silences_exactly_this_incident(gateway: Gateway) -> None:
    """The matchers are those that `gateway silence add --incident` uses."""
    world, client = gateway
    answer = await client.get("/api/v1/silences/preview", params={"incident": 1001})
    expected = (await answer.json())["matchers"]
    link = f"/ack/{token(world)}/silence"
    text = await page_of(client, "POST", link, data=FORM)
    assert "Silenced until 13:07 UTC by Ana: new disks, OPS-12" in text
    (silence,) = await active_silences(world)
    assert [str(matcher) for matcher in silence.matchers] == expected
    assert (silence.created_by, silence.comment) == ("ana", "new disks, OPS-12")
    assert (silence.starts_at, silence.ends_at) == (world.now, world.now + 2 * HOUR)
    await world.post(alert(instance="billing-3"))
    assert await world.advance(HOUR) == []


async def test_second_post_changes_the_same_silence(gateway: Gateway) -> None:
    """A second POST with another duration changes the active silence and adds none."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    await page_of(client, "POST", link, data=FORM)
    (first,) = await active_silences(world)
    await world.advance(MINUTE)
    await page_of(client, "POST", link, data=FORM | {"for": "3600", "why": "shorter"})
    (second,) = await active_silences(world)
    assert (second.id, second.starts_at) == (first.id, first.starts_at)
    assert (second.ends_at, second.comment) == (world.now + HOUR, "shorter")


async def test_end_button_ends_only_this_silence(gateway: Gateway) -> None:
    """The button ends the silence of exactly this incident, and no other silence."""
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
    assert [one.created_by for one in await active_silences(world)] == ["ben"]


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
async def test_incomplete_form_is_refused(
    gateway: Gateway, form: dict[str, str], error: str
) -> None:
    """An incomplete form, or one with more than a day, names the field and stores nothing."""
    world, client = gateway
    text = await page_of(client, "POST", f"/ack/{token(world)}/silence", 422, data=form)
    assert error in text
    assert await active_silences(world) == []


async def test_shared_link_asks_for_the_person(gateway: Gateway) -> None:
    """A shared link accepts one of the configured people, and no other name."""
    world, client = gateway
    link = f"/ack/{token(world, '')}/silence"
    for person in ("", "mallory"):
        text = await page_of(client, "POST", link, 422, data=FORM | {"person": person})
        assert "Please choose who you are" in text
    assert await active_silences(world) == []
    await page_of(client, "POST", link, data=FORM | {"person": "ben"})
    assert [one.created_by for one in await active_silences(world)] == ["ben"]


async def test_foreign_prefetched_forged_or_expired_request_is_refused(gateway: Gateway) -> None:
    """E19: foreign pages, prefetches, forged links and expired links store no silence."""
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
    assert await active_silences(world) == []


async def test_resolved_incident_is_not_silenced(gateway: Gateway) -> None:
    """E19: the link of an old message cannot silence future alerts."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    resolved = [alert(instance=f"billing-{n}", ends_at=world.now) for n in (1, 2)]
    await world.post(*resolved)
    await world.advance(MINUTE)
    assert "is resolved, so there is nothing to silence" in await page_of(client, "GET", link)
    assert "is resolved, so there is nothing to silence" in await page_of(
        client, "POST", link, 422, data=FORM
    )
    assert await active_silences(world) == []
    assert "Silence this incident" not in await page_of(client, "GET", f"/ack/{token(world)}")


async def _offered_link(client: Client, **headers: str) -> str:
    answer = await client.get("/incidents/1001", headers=headers)
    assert answer.status == 200
    matches = re.search(r'href="([^"]*/silence)"', await answer.text())
    return urljoin("/incidents/1001", matches[1]) if matches else ""


async def test_incident_page_offers_silencing_to_those_who_may_act(tmp_path: Path) -> None:
    """The link is offered on loopback and to holders of the token, never to readers alone."""
    key = "test-api-token"
    basic, bearer = encode_basic_auth("any", key), f"Bearer {key}"
    everywhere = {"listen": "0.0.0.0:9095", "public_reads": "1"}
    for number, (env, headers, offered) in enumerate(
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
            link = await _offered_link(client, **headers)
            assert bool(link) == offered, (env, headers)
            if link:
                assert "Who are you?" in await page_of(client, "GET", link)
                await world.advance(HOUR + MINUTE)
                await page_of(client, "POST", link, 410, data=FORM | {"person": "ana"})
                assert await active_silences(world) == []


async def test_links_and_forms_work_below_a_route_prefix(tmp_path: Path) -> None:
    """Relative links and forms lead to the page, to the end of the silence and back."""
    outside = "https://tools.example.com/alertmanager/"
    async with served(tmp_path, external_url=outside) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)

        async def link_of(method: str, url: str, expected: str, data: dict[str, str]) -> str:
            answer = await client.request(method, url, data=data)
            assert answer.status == 200, url
            matches = re.findall(r'(?:href|action)="([^"]+)"', await answer.text())
            (target,) = {urljoin(url, one) for one in matches if one.endswith(expected)}
            return target

        url = await link_of("GET", "/alertmanager/incidents/1001", "/silence", {})
        form = await link_of("GET", url, "/silence", {})
        assert form == url
        end = await link_of("POST", form, "/silence/end", FORM | {"person": "ana"})
        assert len(await active_silences(world)) == 1
        assert await link_of("POST", end, "/silence", {}) == form
        assert await active_silences(world) == []


@pytest.mark.browser
async def test_phone_silences_and_ends_without_scripts(tmp_path: Path) -> None:
    """A phone silences an incident and ends the silence without scripts or sideways scrolling."""
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
        assert await active_silences(world) == []
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
        (silence,) = await active_silences(world)
        assert (silence.created_by, silence.ends_at) == ("ana", world.now + HOUR)
        assert "Silenced until" in await page.text()
        await page.press("End the silence now")
        assert await active_silences(world) == []
        assert [text for text in page.complaints if "favicon" not in text] == []


async def test_form_comes_before_the_alerts_which_are_sorted(gateway: Gateway) -> None:
    """The action leads, not twenty rows of alerts; the alert that fires longest is the first."""
    world, client = gateway
    await world.post(alert(instance="billing-0", starts_at=world.now - HOUR))
    text = await page_of(client, "GET", f"/ack/{token(world)}/silence")
    order = ["Duration", "instance billing-0", "instance billing-1", "instance billing-2"]
    positions = [text.index(one) for one in order]
    assert positions == sorted(positions)


async def test_incident_page_ends_the_silence_of_the_incident(gateway: Gateway) -> None:
    """One button, where the reason says that it is silenced."""
    world, client = gateway
    link = f"/ack/{token(world)}/silence"
    assert "End the silence" not in await page_of(client, "GET", "/incidents/1001")
    await client.post(link, data=FORM)
    page = await (await client.get("/incidents/1001")).text()
    target = re.search(r'action="([^"]+/silence/end)"', page)
    assert target is not None
    assert "End the silence of this incident now" in page
    await client.post(urljoin("/incidents/1001", unescape(target[1])))
    assert await active_silences(world) == []
    assert "End the silence" not in await page_of(client, "GET", "/incidents/1001")
