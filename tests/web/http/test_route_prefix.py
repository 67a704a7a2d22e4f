"""GATEWAY_ROUTE_PREFIX: everything is served below a path."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from gateway.settings import SettingError, read_settings
from gateway.web.slack.endpoints import SOCKET_MODE
from tests.flow.world import MINUTE, alert
from tests.web.real import served, token
from tests.web.world import FakeEngine, app_for

OUTSIDE = "https://tools.example.com/alertmanager/"


def prefix_of(**env: str) -> str:
    return read_settings({f"GATEWAY_{name}": value for name, value in env.items()}).route_prefix


def test_prefix_defaults_to_the_path_of_the_external_url() -> None:
    """The prefix defaults to the external URL's path, like Alertmanager's --web.route-prefix."""
    assert prefix_of() == ""
    assert prefix_of(EXTERNAL_URL=OUTSIDE) == "/alertmanager"
    assert prefix_of(EXTERNAL_URL="https://alerts.example.com/") == ""
    assert prefix_of(EXTERNAL_URL=OUTSIDE, ROUTE_PREFIX="/") == ""
    assert prefix_of(EXTERNAL_URL=OUTSIDE, ROUTE_PREFIX="on/call/") == "/on/call"


def test_urls_include_the_prefix() -> None:
    """Links begin with the external URL as it is, or with the local URL and the prefix."""
    settings = read_settings({"GATEWAY_ROUTE_PREFIX": "/am", "GATEWAY_LISTEN": "0.0.0.0:3"})
    assert settings.external_url == settings.local_url == "http://127.0.0.1:3/am"
    settings = read_settings({"GATEWAY_EXTERNAL_URL": OUTSIDE})
    assert settings.external_url == OUTSIDE.rstrip("/")
    assert settings.local_url == "http://127.0.0.1:9095/alertmanager"


@pytest.mark.parametrize("text", ["/a b", "/{x}", "/a//b", "/ä", "/a?b"])
def test_invalid_prefix_is_refused_with_an_example(text: str) -> None:
    """An invalid prefix is refused with the setting's name and an example."""
    with pytest.raises(SettingError, match=r"GATEWAY_ROUTE_PREFIX is .*; write a path like /"):
        prefix_of(ROUTE_PREFIX=text)


async def test_everything_is_served_below_the_prefix(tmp_path: Path) -> None:
    """Ingest, API and pages are served below the prefix; at the root are health and a redirect."""
    async with served(tmp_path, external_url=OUTSIDE) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        for path in ("/api/v2/status", "/api/v1/incidents", "/metrics", "/-/healthy", "/readyz"):
            assert (await client.get(f"/alertmanager{path}")).status == 200, path
        for path in ("/api/v2/status", "/api/v1/incidents", "/metrics", "/incidents/1001"):
            assert (await client.get(path)).status == 404, path
        for path in ("/healthz", "/readyz"):
            assert (await client.get(path)).status == 200, path
        for path in ("/", "/alertmanager"):
            answer = await client.get(path, allow_redirects=False)
            assert answer.status == 302
            assert answer.headers["Location"] == "/alertmanager/"
        posted = await client.post("/alertmanager/api/v2/alerts", json=[])
        assert posted.status == 200
        missing = await client.get("/alertmanager/api/v2/nope")
        assert (await missing.json())["code"] == 404
        other_method = await client.delete("/alertmanager/api/v2/receivers")
        assert other_method.status == 405
        unknown = await client.get("/alertmanager/nope")
        assert (await unknown.json())["error"] == "there is nothing here"


async def test_links_and_forms_stay_below_the_prefix(tmp_path: Path) -> None:
    """Links and forms of the pages are relative, so a reader stays below the prefix."""
    async with served(tmp_path, external_url=OUTSIDE) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        list_page = await client.get("/alertmanager/")
        (link,) = re.findall(r'href="([^"]*incidents/1001)"', await list_page.text())
        incident = await client.get(urljoin("/alertmanager/", link))
        assert incident.status == 200
        (back,) = re.findall(r'<a href="([^"]*)"[^>]*>Incidents<', await incident.text())
        assert urljoin("/alertmanager/incidents/1001", back) == "/alertmanager/"
        path = f"/alertmanager/ack/{token(world)}"
        text = await client.get(path)
        forms = re.findall(r'<form method="post" action="([^"]*)"', await text.text())
        assert all(urljoin(path, one).startswith(path) for one in forms)
        acknowledged = await client.post(urljoin(path, forms[0]))
        assert "Acknowledged by you" in await acknowledged.text()
        assert (await world.incident()).ack is not None


@pytest.mark.parametrize("prefix", ["/", "/am"])
async def test_socket_mode_is_run_below_a_prefix_too(engine: FakeEngine, prefix: str) -> None:
    """The server finds it in the outer application."""
    assert app_for(engine, route_prefix=prefix)[SOCKET_MODE].health() == []
