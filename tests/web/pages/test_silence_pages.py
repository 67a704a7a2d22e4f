"""Pages of silences: active, pending and expired ones, and how to end one."""

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
    """The page's text without its tags, in one line."""
    answer = await client.get(path)
    page = await answer.text()
    assert answer.status == status, page
    body = re.sub(r"(?s)<style>.*?</style>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def put(
    world: World, matchers: str, start: float = 0.0, lasts: float = HOUR, why: str = "new disks"
) -> Silence:
    """Silence by Ana that begins `start` seconds from now."""
    begins = world.now + start
    return await world.engine.silences.put(
        SilenceRequest(parse_matchers(matchers), begins, begins + lasts, "ana", why)
    )


async def put_many(world: World, count: int) -> None:
    """Silences that hold, the first of them ends first."""

    def work(tx: Tx) -> None:
        for number in range(count):
            matchers = (Matcher("instance", "=", f"db-{number}"),)
            end = START + HOUR + number
            one = Silence(f"{number:08d}", matchers, START, end, START, "ana", "new disks")
            silences.save(tx, one)

    await world.engine.store.write(work)


async def test_without_any_it_says_so_and_how_to_make_one(gateway: Gateway) -> None:
    """Not just an empty list."""
    text = await read(gateway[1], "/silences")
    assert "No active silences" in text
    assert "gateway silence add" in text


async def test_it_lists_what_holds_what_comes_and_what_ended(gateway: Gateway) -> None:
    """In that order, each with what it matches, whose it is, why, until when."""
    world, client = gateway
    over = await put(world, "team=ended")
    await world.engine.silences.expire(over.id)
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
    assert f"gateway silence expire {over.id[:8]}" not in page_text


async def test_until_its_alerts_are_gone_is_said(gateway: Gateway) -> None:
    """A silence that may end before its time says so, in the list and on its page."""
    world, client = gateway
    one = await world.engine.silences.put(
        SilenceRequest(
            parse_matchers("team=billing"), world.now, world.now + HOUR, "ana", "", gone_for=1800.0
        )
    )
    for path in ("/silences", f"/silences/{one.id}"):
        assert "or 30m after the last matching alert" in await read(client, path)


async def test_it_counts_what_each_covers(gateway: Gateway) -> None:
    """Alerts that fire and their incidents; a silence over nothing can go."""
    world, client = gateway
    await world.post(alert("A", instance="1"), alert("A", instance="2"), alert("B", "warning"))
    await world.advance(MINUTE)
    await put(world, "alertname=A")
    await put(world, "team=billing", lasts=2 * HOUR)
    await put(world, "team=platform", lasts=3 * HOUR)
    await put(world, "team=billing", start=HOUR)
    text = await read(client, "/silences")
    counted = re.findall(r"(?:Silences \d|No firing) .*?\.", text)
    assert counted == [
        "Silences 2 firing alerts of 1 incident.",
        "Silences 3 firing alerts of 2 incidents.",
        "No firing alert matches.",
    ]


async def test_with_too_many_alerts_nothing_is_counted(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E37: in a storm the list costs no more; it says where the count is."""
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


async def test_many_come_in_pages(gateway: Gateway) -> None:
    """Each is on one of them; a page that there is not is the nearest that there is."""
    world, client = gateway
    await put_many(world, 120)
    seen: list[str] = []
    for number, span in ((1, "1 to 50"), (2, "51 to 100"), (3, "101 to 120")):
        text = await read(client, f"/silences?page={number}")
        assert f"120 active silences {span} of 120" in text
        assert ("Previous" in text, "Next" in text) == (number > 1, number < 3)
        seen += re.findall(r'instance="db-(\d+)"', text)
    assert seen == [str(number) for number in range(120)]
    for odd, span in (("0", "1 to 50"), ("x", "1 to 50"), ("-1", "1 to 50"), ("9" * 40, "1 to 50")):
        assert f"{span} of 120" in await read(client, f"/silences?page={odd}")
    assert "101 to 120 of 120" in await read(client, "/silences?page=99")


async def test_a_page_reads_no_more_than_it_shows(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: ten thousand made the list of all take half a second."""
    world, client = gateway
    await put_many(world, 200)
    made: list[object] = []
    of_row = silences.from_row
    monkeypatch.setattr(
        "gateway.store.queries.silence_pages.from_row", lambda row: made.append(row) or of_row(row)
    )
    assert (await client.get("/silences?page=2")).status == 200
    assert len(made) == PER_PAGE


async def test_its_page_shows_the_alerts_and_their_incidents(gateway: Gateway) -> None:
    """What it matches, whose, why, from and until when, and each alert with its incident."""
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


async def test_an_unknown_one_is_a_friendly_404(gateway: Gateway) -> None:
    """Any id leads to a page."""
    for name in ("1", "383c6553-5515-4f6d-ba76-73edb4a0f6be", "%00", "x" * 300):
        text = await read(gateway[1], f"/silences/{name}", 404)
        assert "There is no such silence" in text


async def test_the_incidents_page_leads_to_it(gateway: Gateway) -> None:
    """From what is quiet to who made it so, and from there back."""
    world, client = gateway
    await world.post(alert("A"))
    one = await put(world, "alertname=A")
    await world.advance(MINUTE)
    page = await (await client.get("/incidents/1001")).text()
    (link,) = re.findall(r'href="([^"]*silences/[^"]+)"', page)
    assert urljoin("/incidents/1001", link) == f"/silences/{one.id}"


async def _end_link(folder: Path, matchers: str, head: dict[str, str], **env: str) -> str:
    """The link that the page of such a silence offers, tried; empty when it offers none."""
    async with served(folder, **env) as (world, client):
        await world.post(alert("A"))
        await world.advance(MINUTE)
        one = await put(world, matchers)
        path = f"/silences/{one.id}"
        answer = await client.get(path, headers=head)
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
    ("matchers", "env", "head", "offered"),
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
async def test_who_may_change_things_is_led_to_the_button(
    tmp_path: Path, matchers: str, env: dict[str, str], head: dict[str, str], offered: bool
) -> None:
    """Promise 5: the page itself ends nothing. A silence that is exactly over one incident leads
    to that incident's page for silencing, by the same rules as the incident's own page does."""
    assert bool(await _end_link(tmp_path, matchers, head, **env)) == offered


async def test_they_are_closed_off_loopback(tmp_path: Path) -> None:
    """As the other pages: the token, also by Basic; or the setting that opens the reads."""
    async with served(tmp_path, listen="0.0.0.0:9095", api_token=KEY) as (_, client):
        for path in ("/silences", "/silences/x", "/oncall"):
            answer = await client.get(path)
            assert answer.status == 401, path
            assert "Basic" in answer.headers["WWW-Authenticate"]
        for path, status in (("/silences", 200), ("/silences/x", 404), ("/oncall", 200)):
            assert (await client.get(path, headers=BASIC)).status == status


HOSTILE = "</code><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202etxt"


async def test_what_people_and_tools_write_stays_text(gateway: Gateway) -> None:
    """E17: matchers, names, comments and notes hold no markup and turn no text around."""
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
async def test_on_a_phone_nothing_is_too_wide(tmp_path: Path) -> None:
    """360 pixels; what is to be tapped is large enough, and what is to be copied comes whole."""
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
