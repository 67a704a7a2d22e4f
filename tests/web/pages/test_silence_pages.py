"""The list of active, pending and ended silences, and the page of one silence."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from aiohttp import encode_basic_auth

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.parse import parse_matchers
from gateway.flow.silences.silences import SilenceRequest
from gateway.store import Tx
from gateway.store.state import silences
from gateway.web.pages import silence_coverage
from gateway.web.pages.silences import PER_PAGE
from tests.flow.world import DAY, HOUR, MINUTE, START, World, alert
from tests.web.browser import browser
from tests.web.real import Client, served

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


async def read(client: Client, path: str, status: int = 200) -> str:
    """Get a page and return its text without tags, in one line."""
    answer = await client.get(path)
    page = await answer.text()
    assert answer.status == status, page
    body = re.sub(r"(?s)<style>.*?</style>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def put(
    world: World, matchers: str, start: float = 0.0, lasts: float = HOUR, why: str = "new disks"
) -> Silence:
    """Store a silence by Ana that begins `start` seconds from now and lasts `lasts` seconds."""
    begins = world.now + start
    return await world.engine.silences.put(
        SilenceRequest(parse_matchers(matchers), begins, begins + lasts, "ana", why)
    )


async def put_many(world: World, count: int) -> None:
    """Store `count` active silences, which end in their order."""

    def work(tx: Tx) -> None:
        for number in range(count):
            matchers = (Matcher("instance", "=", f"db-{number}"),)
            end = START + HOUR + number
            one = Silence(f"{number:08d}", matchers, START, end, START, "ana", "new disks")
            silences.save(tx, one)

    await world.engine.store.write(work)


async def test_empty_list_names_the_command_to_add(gateway: Gateway) -> None:
    """An empty list says so and names the command that adds a silence."""
    text = await read(gateway[1], "/silences")
    assert "No active silences" in text
    assert "gateway silence add" in text


async def test_list_has_active_pending_and_ended_silences(gateway: Gateway) -> None:
    """Active silences precede pending and ended ones, with matchers, author, reason and end."""
    world, client = gateway
    ended = await put(world, "team=ended")
    await world.engine.silences.expire(ended.id)
    await put(world, "team=later", start=HOUR, lasts=DAY)
    second = await put(world, "team=second", lasts=2 * HOUR)
    await put(world, 'team="first",instance=~"db-.*"', why="new disks, OPS-12")
    page_text = await read(client, "/silences")
    for text in (
        "2 active silences 1 pending",
        "ACTIVE until 12:06 UTC, for 1 h more",
        'team="first", instance=~"db-.*"} by Ana: new disks, OPS-12',
        f"gateway silence expire {second.id[:8]}",
        "PENDING from 12:06 UTC until Thu 19 Nov, 12:06 UTC",
        "ENDED ended at 11:06 UTC",
        "Times are in UTC",
    ):
        assert text in page_text, page_text
    order = [page_text.index(f'team="{name}"') for name in ("first", "second", "later", "ended")]
    assert order == sorted(order)
    assert f"gateway silence expire {ended.id[:8]}" not in page_text


async def test_silence_with_early_end_names_the_condition(gateway: Gateway) -> None:
    """A silence that may end early says so in the list and on its page."""
    world, client = gateway
    one = await world.engine.silences.put(
        SilenceRequest(
            parse_matchers("team=billing"), world.now, world.now + HOUR, "ana", "", gone_for=1800.0
        )
    )
    for path in ("/silences", f"/silences/{one.id}"):
        assert "or 30m after the last matching alert" in await read(client, path)


async def test_list_counts_the_alerts_of_each_silence(gateway: Gateway) -> None:
    """Each active silence shows how many firing alerts and incidents it silences, also none."""
    world, client = gateway
    await world.post(alert("A", instance="1"), alert("A", instance="2"), alert("B", "warning"))
    await world.advance(MINUTE)
    await put(world, "alertname=A")
    await put(world, "team=billing", lasts=2 * HOUR)
    await put(world, "team=platform", lasts=3 * HOUR)
    await put(world, "team=billing", start=HOUR)
    text = await read(client, "/silences")
    counts = re.findall(r"(?:Silences \d|No firing) .*?\.", text)
    assert counts == [
        "Silences 2 firing alerts of 1 incident.",
        "Silences 3 firing alerts of 2 incidents.",
        "No firing alert matches.",
    ]


async def test_list_in_a_storm_counts_nothing(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: with many firing alerts the list counts none, and a silence's own page still does."""
    world, client = gateway
    monkeypatch.setattr(silence_coverage, "MOST_COUNTED", 1)
    one = await put(world, "alertname=A")
    await world.post(alert("A", instance="1"))
    assert "Silences 1 firing alert" in await read(client, "/silences")
    await world.post(alert("A", instance="2"))
    text = await read(client, "/silences")
    assert "firing alert" not in text
    assert "More than 1 alerts fire" in text
    assert "2 firing alerts match" in await read(client, f"/silences/{one.id}")


async def test_many_silences_are_paged(gateway: Gateway) -> None:
    """Each silence is on one page, and a page number out of range shows the nearest page."""
    world, client = gateway
    await put_many(world, 120)
    numbers: list[str] = []
    for number, span in ((1, "1 to 50"), (2, "51 to 100"), (3, "101 to 120")):
        text = await read(client, f"/silences?page={number}")
        assert f"120 active silences {span} of 120" in text
        assert ("Previous" in text, "Next" in text) == (number > 1, number < 3)
        numbers += re.findall(r'instance="db-(\d+)"', text)
    assert numbers == [str(number) for number in range(120)]
    for odd, span in (("0", "1 to 50"), ("x", "1 to 50"), ("-1", "1 to 50"), ("9" * 40, "1 to 50")):
        assert f"{span} of 120" in await read(client, f"/silences?page={odd}")
    assert "101 to 120 of 120" in await read(client, "/silences?page=99")


async def test_page_reads_only_the_rows_it_shows(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cost of a page does not grow with the list: ten thousand silences took half a second."""
    world, client = gateway
    await put_many(world, 200)
    rows: list[object] = []
    from_row = silences.from_row
    monkeypatch.setattr(
        "gateway.store.queries.silence_pages.from_row",
        lambda row: rows.append(row) or from_row(row),
    )
    assert (await client.get("/silences?page=2")).status == 200
    assert len(rows) == PER_PAGE


async def test_silence_page_shows_alerts_and_incidents(gateway: Gateway) -> None:
    """The page shows matchers, author, reason, period, and each alert with its incident."""
    world, client = gateway
    await world.post(alert("A", instance="1"), alert("B", "warning"))
    await world.advance(MINUTE)
    one = await put(world, 'team="billing",alertname!="C"', why="new disks\nask Ben")
    path = f"/silences/{one.id}"
    page_text = await read(client, path)
    for text in (
        "ACTIVE until 12:07 UTC, for 1 h more",
        "Silence by Ana new disks ask Ben",
        'team="billing" alertname!="C"',
        "from 11:07 UTC until 12:07 UTC",
        "2 firing alerts match",
        "A A happened instance 1, severity critical · since 11:06 UTC · #1001",
        f"gateway silence expire {one.id[:8]}",
    ):
        assert text in page_text, page_text
    page = await (await client.get(path)).text()
    assert '<a href="../incidents/1002">#1002</a>' in page
    await world.engine.silences.expire(one.id)
    page_text = await read(client, path)
    assert "ENDED ended at 11:07 UTC" in page_text
    assert "To end it" not in page_text


async def test_unknown_silence_answers_a_404_page(gateway: Gateway) -> None:
    """Any unknown id answers a page that says so."""
    for name in ("1", "383c6553-5515-4f6d-ba76-73edb4a0f6be", "%00", "x" * 300):
        text = await read(gateway[1], f"/silences/{name}", 404)
        assert "There is no such silence" in text


async def test_incident_page_links_to_its_silence(gateway: Gateway) -> None:
    """The page of a silenced incident links to the silence."""
    world, client = gateway
    await world.post(alert("A"))
    one = await put(world, "alertname=A")
    await world.advance(MINUTE)
    page = await (await client.get("/incidents/1001")).text()
    (link,) = re.findall(r'href="([^"]*silences/[^"]+)"', page)
    assert urljoin("/incidents/1001", link) == f"/silences/{one.id}"


async def _end_link(folder: Path, matchers: str, headers: dict[str, str], **env: str) -> str:
    """Follow the link that a silence's page offers and return it, or "" if there is none."""
    async with served(folder, **env) as (world, client):
        await world.post(alert("A"))
        await world.advance(MINUTE)
        one = await put(world, matchers)
        path = f"/silences/{one.id}"
        answer = await client.get(path, headers=headers)
        page = await answer.text()
        assert answer.status == 200
        assert "<form" not in page
        assert await world.engine.silences.listed(ended=False) == [one]
        matches = re.search(r'href="([^"]*/ack/[^"]*)"', page)
        if matches is None:
            return ""
        ended = await client.post(urljoin(path, matches[1]) + "/end")
        assert ended.status == 200
        assert await world.engine.silences.listed(ended=False) == []
        return matches[1]


KEY = "test-api-token"
BASIC = {"Authorization": encode_basic_auth("any", KEY)}
PUBLIC = {"listen": "0.0.0.0:9095", "public_reads": "1"}
OWN = 'severity=~"critical|warning",team="billing",alertname="A"'


@pytest.mark.parametrize(
    ("matchers", "env", "headers", "offered"),
    [
        (OWN, {}, {}, True),
        ('alertname="A"', {}, {}, False),
        (OWN, {"api_token": KEY}, {}, False),
        (OWN, {"api_token": KEY}, BASIC, True),
        (OWN, PUBLIC, {}, False),
        (OWN, PUBLIC | {"api_token": KEY}, {}, False),
        (OWN, PUBLIC | {"api_token": KEY}, BASIC, True),
    ],
)
async def test_link_to_end_is_offered_to_those_who_may_act(
    tmp_path: Path, matchers: str, env: dict[str, str], headers: dict[str, str], offered: bool
) -> None:
    """Promise 5: only the silence of exactly one incident links to the page that ends it.

    The page itself ends nothing, and the link is offered as on the incident's own page.
    """
    assert bool(await _end_link(tmp_path, matchers, headers, **env)) == offered


async def test_pages_beyond_loopback_require_the_token(tmp_path: Path) -> None:
    """Beyond loopback the pages require the token, which Basic authentication can carry."""
    async with served(tmp_path, listen="0.0.0.0:9095", api_token=KEY) as (_, client):
        for path in ("/silences", "/silences/x", "/oncall"):
            answer = await client.get(path)
            assert answer.status == 401, path
            assert "Basic" in answer.headers["WWW-Authenticate"]
        for path, status in (("/silences", 200), ("/silences/x", 404), ("/oncall", 200)):
            assert (await client.get(path, headers=BASIC)).status == status


HOSTILE = "</code><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202etxt"


async def test_hostile_texts_are_escaped(gateway: Gateway) -> None:
    """E17: markup and direction marks of matchers, names, comments and annotations are escaped."""
    world, client = gateway
    await world.post(alert("A", instance=HOSTILE))
    one = await world.engine.silences.put(
        SilenceRequest(
            (
                Matcher("instance", "=", HOSTILE),
                Matcher("team", "=~", f"billing|{re.escape(HOSTILE)}"),
            ),
            world.now,
            world.now + HOUR,
            HOSTILE,
            HOSTILE,
            annotations={HOSTILE: HOSTILE},
        )
    )
    await world.advance(MINUTE)
    for path in ("/silences", f"/silences/{one.id}", "/incidents/1001"):
        page = await (await client.get(path)).text()
        assert "alert(1)" in page
        assert "<script" not in page
        assert "<img" not in page
        assert "\u202e" not in page, path


@pytest.mark.browser
async def test_phone_shows_pages_without_scrolling_sideways(tmp_path: Path) -> None:
    """At 360 pixels nothing is too wide, links are 44 pixels high, and a tap selects a command."""
    async with served(tmp_path) as (world, client), browser(tmp_path / "profile") as page:
        await put_many(world, 60)
        await world.post(alert("A", instance="i" * 200))
        one = await put(world, f'instance="{"i" * 200}",team="billing"', why="y" * 400)
        size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        await page.call("Emulation.setDeviceMetricsOverride", **size)
        for path in ("/silences", f"/silences/{one.id}"):
            await page.open(f"http://127.0.0.1:{client.port}{path}")
            assert await page.run("document.documentElement.scrollWidth") <= 360, path
            heights = "[...document.querySelectorAll('.actions a, nav a')]"
            heights += ".map(e => e.getBoundingClientRect().height)"
            assert await page.run(f"Math.min(...{heights})") >= 44
            command = "document.querySelector('.copy:last-of-type')"
            assert await page.run(f"getComputedStyle({command}).userSelect") == "all"
        assert [text for text in page.complaints if "favicon" not in text] == []
