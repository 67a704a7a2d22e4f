"""From one page to another, and from nowhere to somewhere."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from gateway.core.matching.parse import parse_matchers
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR, MINUTE, World, alert
from tests.web.real import Client, served

Gateway = tuple[World, Client]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PATHS = ["/", "/silences", "/oncall"]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


def navigation(page: str, path: str) -> dict[str, str]:
    """Return the targets of a page's navigation, with the mark of each."""
    (nav,) = re.findall(r'(?s)<nav class="pages[^>]*aria-label="Pages">(.*?)</nav>', page)
    matches = re.findall(r'<a href="([^"]*)"(?: aria-current="(\w+)")?>', nav)
    return {urljoin(path, link): current for link, current in matches}


async def test_every_page_leads_to_the_others(gateway: Gateway) -> None:
    """And says which of them it is; a page below one of them belongs to it."""
    world, client = gateway
    await world.post(alert())
    await world.advance(MINUTE)
    silence = await world.engine.silences.put(
        SilenceRequest(parse_matchers("team=billing"), world.now, world.now + HOUR, "ana", "")
    )
    for path, here, text in (
        ("/", "/", "page"),
        ("/incidents/1001", "/", "true"),
        ("/silences", "/silences", "page"),
        ("/silences?page=2", "/silences", "page"),
        (f"/silences/{silence.id}", "/silences", "true"),
        ("/oncall", "/oncall", "page"),
        ("/incidents/1", "", ""),
        ("/nowhere", "", ""),
    ):
        page = await (await client.get(path, headers=BROWSER)).text()
        expected = {path: text if path == here else "" for path in PATHS}
        assert navigation(page, path) == expected, path


@pytest.mark.parametrize("path", ["/x", "/x/", "/incidents", "/a/b/c", "/silences/", "/x//y"])
async def test_a_browser_that_is_lost_is_led_on(gateway: Gateway, path: str) -> None:
    """A small page with the status that is right, and relative links that lead back."""
    client = gateway[1]
    answer = await client.get(path, headers=BROWSER)
    page = await answer.text()
    assert answer.status == 404
    assert answer.content_type == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Page not found" in page
    base = f"http://gateway.example.com{path}"
    (home,) = re.findall(r'href="([^"]*)">All incidents<', page)
    assert urljoin(base, home) == "http://gateway.example.com/"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/plain, */*"])
async def test_programs_keep_their_json(gateway: Gateway, accept: str | None) -> None:
    """Who does not ask for HTML by name is answered as ever; POST too."""
    client = gateway[1]
    head = {} if accept is None else {"Accept": accept}
    for path in ("/nowhere", "/api/v1/nowhere"):
        answer = await client.get(path, headers=head)
        assert answer.status == 404
        assert (await answer.json())["error"] == "there is nothing here"


async def test_an_api_answers_browsers_as_it_answers_all(gateway: Gateway) -> None:
    """A browser gets the API's JSON, as programs do."""
    client = gateway[1]
    for path in ("/api/v1/nowhere", "/api/v2/nowhere", "/webhook/nowhere"):
        answer = await client.get(path, headers=BROWSER)
        assert answer.status in (404, 405)
        assert answer.content_type == "application/json", path


async def test_below_a_path_all_links_stay_there(tmp_path: Path) -> None:
    """With GATEWAY_ROUTE_PREFIX; who is lost outside of it is led in."""
    async with served(tmp_path, route_prefix="/on/call") as (world, client):
        silence = await world.engine.silences.put(
            SilenceRequest(parse_matchers("team=billing"), world.now, world.now + HOUR, "ana", "")
        )
        paths = [f"/on/call{path}" for path in PATHS]
        one = f"/on/call/silences/{silence.id}"
        for path in (*paths, one, "/on/call/a/b", "/nowhere", "/no/where", "/on/x", "/on/callx"):
            answer = await client.get(path, headers=BROWSER)
            assert answer.status == (200 if path in (*paths, one) else 404), path
            assert list(navigation(await answer.text(), path)) == paths, path
        listed = await (await client.get("/on/call/silences")).text()
        (link,) = re.findall(r'<li><a href="([^"]*silences/[^"]+)"', listed)
        assert urljoin("/on/call/silences", link) == one
