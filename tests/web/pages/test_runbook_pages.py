"""Pages of runbooks: safe HTML, no way out of the folder, and the signed link."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.pages.runbook_html import runbook_html
from tests.flow.world import MINUTE, ROUTES, World, alert
from tests.web.real import Client, served, token

TEXT = """# Double charge

## Immediate

1. Acknowledge.
2. Stop the [renewal cron](renewal-cron.md).

<script>alert(1)</script> ![x](https://tracker.example.com/x.png)
"""

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    books = tmp_path / "books"
    books.mkdir()
    (books / "double-charge-detected.md").write_text(TEXT)
    (books / "renewal-cron.md").write_text("# Renewal cron\n\n## Immediate\n\nRead the log.\n")
    (tmp_path / "secret.md").write_text("# Secret")
    async with served(tmp_path, f"{ROUTES}\nrunbooks: {books}\n") as (world, client):
        yield world, client


async def test_runbook_is_a_safe_page_that_links_its_neighbours(gateway: Gateway) -> None:
    """Markdown becomes headings, lists and links; HTML and images do not."""
    _, client = gateway
    answer = await client.get("/runbooks/double-charge-detected")
    page = await answer.text()
    assert answer.status == 200
    assert "<h1>Double charge</h1>" in page
    assert '<a href="renewal-cron" rel="noopener noreferrer nofollow">renewal cron</a>' in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert (await client.get("/runbooks/renewal-cron")).status == 200
    index = await (await client.get("/runbooks")).text()
    assert '<a href="./runbooks/double-charge-detected">Double charge</a>' in index


async def test_list_names_alerts_without_a_runbook_by_team(gateway: Gateway) -> None:
    """Page and API say which runbooks are to be written."""
    world, client = gateway
    await world.post(alert("RefundsSlow", annotations={"summary": "x"}), alert("RenewalCron"))
    await world.advance(MINUTE)
    page = await (await client.get("/runbooks")).text()
    assert "<tr><td>no team</td><td>RefundsSlow</td>" in page
    assert "RenewalCron</td>" not in page
    answer = await (await client.get("/api/v1/runbooks")).json()
    assert answer["missing"] == [{"team": None, "alertname": "RefundsSlow", "incidents": 1}]


async def test_reader_who_has_the_page_is_answered_304(gateway: Gateway) -> None:
    """On a bad connection at night the page is there at once."""
    _, client = gateway
    first = await client.get("/runbooks/renewal-cron")
    same = await client.get(
        "/runbooks/renewal-cron", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert same.status == 304
    assert await same.read() == b""
    other = await client.get("/runbooks/double-charge-detected")
    assert other.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    "name",
    ["..%2fsecret", "%2e%2e%2fsecret", "..%2f..%2fetc%2fpasswd", "secret", "%00", "x" * 500, "."],
)
async def test_no_name_leads_out_of_the_folder(gateway: Gateway, name: str) -> None:
    """Names are looked up among what was loaded, and no file is opened."""
    _, client = gateway
    answer = await client.get(f"/runbooks/{name}")
    assert answer.status in (200, 404)
    assert "Secret" not in await answer.text()
    assert answer.status == 404 or name == "."


async def test_signed_link_shows_the_runbook_of_its_incident(gateway: Gateway) -> None:
    """A person who may acknowledge reads what to do, where pages need the API token too."""
    world, client = gateway
    await world.post(alert(annotations={"summary": "x"}))
    await world.advance(MINUTE)
    link = f"/ack/{token(world)}"
    page = await (await client.get(link)).text()
    assert '/runbook" rel=' in page
    assert "1. Acknowledge." in page
    runbook = await client.get(f"{link}/runbook")
    text = await runbook.text()
    assert runbook.status == 200
    assert "<h1>Double charge</h1>" in text
    assert 'href="../../runbooks/renewal-cron"' in text
    assert (await client.get("/ack/wrong/runbook")).status == 404
    incident = await (await client.get("/incidents/1001")).text()
    assert "1. Acknowledge." in incident
    answer = await (await client.get("/api/v1/incidents/1001")).json()
    assert answer["links"][0] == {
        "role": "runbook",
        "title": "Runbook",
        "url": "http://gateway.example.com/runbooks/double-charge-detected",
    }


async def test_pages_beyond_loopback_need_the_token(tmp_path: Path) -> None:
    """A runbook is read by those who may read incidents."""
    routes = f"{ROUTES}\nrunbooks: {tmp_path}\n"
    (tmp_path / "a.md").write_text("# A")
    env = {"LISTEN": "0.0.0.0:9095", "API_TOKEN": "test-api-token-0123456789abcdef"}
    async with served(tmp_path, routes, **env) as (_, client):
        for path in ("/runbooks", "/runbooks/a"):
            assert (await client.get(path)).status == 401


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,x", "//evil.example.com/", "ssh://host", "tel:1"),
        *("https://user:pw@evil.example.com/", "file:///etc/passwd", "/etc", "../x", "#x"),
    ],
)
def test_link_to_anything_but_the_web_is_no_link(url: str) -> None:
    """Only http, https, mailto and other runbooks are links."""
    assert "<a" not in runbook_html(f"[x]({url})")


@given(st.text(alphabet="[](){}<>!&\"'`*_#-\n :/.abjs=", max_size=300))
def test_any_text_becomes_harmless_html(text: str) -> None:
    """No script, no image, no attribute but a link's address."""
    html = runbook_html(text).lower()
    for harmful in ("<script", "<img", "<iframe", 'onerror="', "javascript:"):
        assert harmful not in html.replace("&lt;", "")
