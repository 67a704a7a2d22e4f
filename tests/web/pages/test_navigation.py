"""Navigation between the pages, and answers to unknown paths."""

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
PATHS = [
    "/",
    "/silences",
    "/oncall",
    "/sources",
    "/heartbeats",
    "/runbooks",
    "/explain",
    "/soundness",
    "/reports",
    "/verify",
    "/drills",
]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


def navigation(page: str, path: str) -> dict[str, str]:
    """Return the `aria-current` value of each link of the navigation, by its path."""
    (nav,) = re.findall(r'(?s)<nav class="pages[^>]*aria-label="Pages">(.*?)</nav>', page)
    links = re.findall(r'<a href="([^"]*)"(?: aria-current="(\w+)")?>', nav)
    return {urljoin(path, link): current for link, current in links}


async def test_every_page_links_to_the_others(gateway: Gateway) -> None:
    """Each page links to all sections and marks its own, also on pages below a section."""
    world, client = gateway
    await world.post(alert())
    await world.advance(MINUTE)
    silence = await world.engine.silences.put(
        SilenceRequest(parse_matchers("team=billing"), world.now, world.now + HOUR, "ana", "")
    )
    for path, section, current in (
        ("/", "/", "page"),
        ("/incidents/1001", "/", "true"),
        ("/silences", "/silences", "page"),
        ("/silences?page=2", "/silences", "page"),
        (f"/silences/{silence.id}", "/silences", "true"),
        ("/oncall", "/oncall", "page"),
        ("/heartbeats", "/heartbeats", "page"),
        ("/runbooks", "/runbooks", "page"),
        ("/explain", "/explain", "page"),
        ("/soundness", "/soundness", "page"),
        ("/reports", "/reports", "page"),
        ("/reports?range=1d", "/reports", "page"),
        ("/verify", "/verify", "page"),
        ("/drills", "/drills", "page"),
        ("/incidents/1", "", ""),
        ("/nowhere", "", ""),
    ):
        page = await (await client.get(path, headers=BROWSER)).text()
        expected = {target: current if target == section else "" for target in PATHS}
        assert navigation(page, path) == expected, path


@pytest.mark.parametrize("path", ["/x", "/x/", "/incidents", "/a/b/c", "/silences/", "/x//y"])
async def test_browser_on_unknown_path_gets_a_page_with_links(gateway: Gateway, path: str) -> None:
    """An unknown path answers 404 with a page whose relative links lead back."""
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
async def test_program_on_unknown_path_gets_json(gateway: Gateway, accept: str | None) -> None:
    """A client that does not accept HTML by name gets the error as JSON."""
    client = gateway[1]
    headers = {} if accept is None else {"Accept": accept}
    for path in ("/nowhere", "/api/v1/nowhere"):
        answer = await client.get(path, headers=headers)
        assert answer.status == 404
        assert (await answer.json())["error"] == "there is nothing here"


async def test_browser_on_unknown_api_path_gets_json(gateway: Gateway) -> None:
    """A browser on a path of an API gets the JSON that programs get."""
    client = gateway[1]
    for path in ("/api/v1/nowhere", "/api/v2/nowhere", "/webhook/nowhere"):
        answer = await client.get(path, headers=BROWSER)
        assert answer.status in (404, 405)
        assert answer.content_type == "application/json", path


async def test_links_stay_below_the_route_prefix(tmp_path: Path) -> None:
    """With GATEWAY_ROUTE_PREFIX all links stay below it, also from unknown paths outside it."""
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
        list_page = await (await client.get("/on/call/silences")).text()
        (link,) = re.findall(r'<li><a href="([^"]*silences/[^"]+)"', list_page)
        assert urljoin("/on/call/silences", link) == one
