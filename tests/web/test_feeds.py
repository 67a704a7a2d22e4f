"""Calendar feeds over HTTP, with a whole gateway behind them."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from gateway.links import Purpose
from tests.flow.world import DAY, HOUR, START, World
from tests.web.explain.test_recorded_duty import BY_DAY, ONLY_BEN, reload
from tests.web.real import Client, served

FAR = 2.0**32 - 1


async def path_of(world: World, subject: str) -> str:
    """Return the path of a feed's present URL."""
    feeds = await world.engine.feeds.list()
    return urlsplit(next(one.url for one in feeds if str(one.subject) == subject)).path


async def test_feed_is_answered_as_a_calendar_with_an_etag(tmp_path: Path) -> None:
    """Programs get text/calendar at a URL that ends in .ics, without a token."""
    async with served(tmp_path, api_token="test-api-token") as (world, client):
        path = await path_of(world, "rota:billing")
        assert path.endswith(".ics")
        answer = await client.get(path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["ETag"].startswith('"')
        (event,) = Calendar.from_ical(await answer.read()).walk("VEVENT")
        assert event["SUMMARY"] == "Ana (billing)"


async def test_unchanged_feed_is_answered_304(tmp_path: Path) -> None:
    """Asked again with the ETag, also hours later, also in a list, nothing is sent."""
    async with served(tmp_path) as (world, client):
        path = await path_of(world, "person:ana")
        etag = (await client.get(path)).headers["ETag"]
        world.now += 3 * 3600.0
        for header in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            answer = await client.get(path, headers={"If-None-Match": header})
            assert (answer.status, answer.headers["ETag"]) == (304, etag)
            assert await answer.read() == b""
        answer = await client.get(path, headers={"If-None-Match": '"other"'})
        assert answer.status == 200


async def test_head_has_the_headers_alone(tmp_path: Path) -> None:
    """Programs that ask before they read get the same ETag and length."""
    async with served(tmp_path) as (world, client):
        path = await path_of(world, "rota:billing")
        got, head = await client.get(path), await client.head(path)
        assert head.status == 200
        for name in ("ETag", "Content-Type", "Content-Length"):
            assert head.headers[name] == got.headers[name]
        assert await head.read() == b""


async def test_changed_schedule_has_another_etag(tmp_path: Path) -> None:
    """A reload that changes the rota is seen by the next request."""
    async with served(tmp_path) as (world, client):
        path = await path_of(world, "rota:billing")
        etag = (await client.get(path)).headers["ETag"]
        world.routes = world.routes.replace("members: [ana]", "members: [ben]")
        world.now += DAY
        await world.engine.reload()
        answer = await client.get(path, headers={"If-None-Match": etag})
        assert answer.status == 200
        events = Calendar.from_ical(await answer.read()).walk("VEVENT")
        assert {str(one["SUMMARY"]) for one in events} >= {"Ben (billing)"}


async def test_revoked_url_is_answered_410_on_every_replica(tmp_path: Path) -> None:
    """The old URL is gone at once, also from another gateway; the new one works."""
    async with served(tmp_path) as (world, client):
        old, other = await path_of(world, "rota:billing"), await path_of(world, "person:ana")
        body = {"subject": "rota:billing", "by": "ana"}
        answer = await client.post("/api/v1/feeds/revoke", json=body)
        feed = await answer.json()
        assert feed["revoked_by"] == "ana"
        assert (await client.get(old)).status == 410
        assert (await client.get(urlsplit(feed["url"]).path)).status == 200
        assert (await client.get(other)).status == 200
        replica = await world.start("second")
        assert await path_of(world, "rota:billing") == urlsplit(feed["url"]).path
        assert next(one.url for one in await replica.feeds.list()) == feed["url"]


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.FEED])
async def test_token_of_another_purpose_is_refused(tmp_path: Path, purpose: Purpose) -> None:
    """E19: no other link opens a feed, and the refusal is counted."""
    async with served(tmp_path) as (world, client):
        token = world.engine.links.token(purpose, 0, "rota:billing", FAR)
        answer = await client.get(f"/feeds/{token}.ics")
        assert answer.status == 404
        text = await (await client.get("/metrics")).text()
        assert 'kind="forged_link"} 1.0' in text


async def test_feed_of_somebody_who_was_removed_is_answered_404(tmp_path: Path) -> None:
    """The URL is genuine, but there is nothing to show."""
    async with served(tmp_path) as (world, client):
        token = world.engine.links.token(Purpose.FEED, 0, "person:zoe", FAR)
        answer = await client.get(f"/feeds/{token}.ics")
        assert answer.status == 404
        assert "routes.yaml has no person 'zoe'" in (await answer.json())["error"]


async def test_urls_are_for_those_who_may_write(tmp_path: Path) -> None:
    """A reader without the token sees that there are feeds, on the API and the page."""
    async with served(
        tmp_path, listen="0.0.0.0:9095", api_token="test-api-token", public_reads="1"
    ) as (_, client):
        bearer = {"Authorization": "Bearer test-api-token"}
        feeds = (await (await client.get("/api/v1/feeds")).json())["feeds"]
        assert {one["url"] for one in feeds} == {None}
        feeds = (await (await client.get("/api/v1/feeds", headers=bearer)).json())["feeds"]
        assert all(one["url"].endswith(".ics") for one in feeds)
        assert "webcal:" not in await (await client.get("/oncall")).text()
        assert await webcal_links(client, bearer) == {
            one["name"]: one["url"].replace("https:", "webcal:").replace("http:", "webcal:")
            for one in feeds
        }


async def webcal_links(client: Client, headers: dict[str, str]) -> dict[str, str]:
    """Return the links of the on-call page by the names of the feeds."""
    page = unescape(await (await client.get("/oncall", headers=headers)).text())
    return {name: url for url, name in re.findall(r'<a href="(webcal:[^"]+)"[^>]*>([^<]+)<', page)}


@pytest.mark.parametrize(
    ("subject", "status", "text"),
    [
        ("rota:biling", 404, "did you mean rota:billing?"),
        ("billing", 422, "write rota:NAME or person:ID"),
        ("team:billing", 422, "write rota:NAME or person:ID"),
    ],
)
async def test_unknown_feed_is_refused_with_the_nearest_name(
    tmp_path: Path, subject: str, status: int, text: str
) -> None:
    """Reading and revoking name the field, and what to write instead."""
    async with served(tmp_path) as (_, client):
        answers = [
            await client.get("/api/v1/feeds", params={"subject": subject}),
            await client.post("/api/v1/feeds/revoke", json={"subject": subject, "by": "ana"}),
        ]
        for answer in answers:
            detail = (await answer.json())["detail"][0]
            assert (answer.status, detail["field"]) == (status, "subject")
            assert text in detail["message"]


def test_the_start_is_no_monday() -> None:
    """The tests above move by hours within one week of the feed's span."""
    assert (START // DAY + 3) % 7 == 2


async def test_past_shifts_of_a_feed_are_those_that_were(tmp_path: Path) -> None:
    """An edited rota changes what is to come, and nobody's calendar says they were on call then."""
    async with served(tmp_path, BY_DAY) as (world, client):
        await world.advance(3 * DAY)
        path = await path_of(world, "rota:billing")
        before = await past_events(client, path, world.now)
        assert {summary for _, summary in before} == {"Ana (billing)", "Ben (billing)"}
        await reload(world, ONLY_BEN)
        await world.advance(60.0)
        assert await past_events(client, path, world.now - DAY) == [
            one for one in before if one[0] <= START + 2 * DAY
        ]


async def past_events(client: Client, path: str, now: float) -> list[tuple[float, str]]:
    """The starts and summaries of the events since the gateway ran, up to `now`."""
    events = Calendar.from_ical(await (await client.get(path)).read()).walk("VEVENT")
    starts = [(event["DTSTART"].dt.timestamp(), str(event["SUMMARY"])) for event in events]
    return sorted(one for one in starts if START - HOUR <= one[0] <= now)
