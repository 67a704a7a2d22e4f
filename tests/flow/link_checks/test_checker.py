"""Each night the links are followed once, and dead ones become one alert that ends."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.alerts.own_alerts import HOLD
from gateway.flow.link_checks.checker import RECHECK
from gateway.flow.own_alerts.reporter import EVERY
from tests.fakes.wiki import FakeWiki, wiki
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, World, alert
from tests.web.pages.test_silencing_pages import page_of
from tests.web.real import Client, served

CHECKED = ROUTES + "link_checks: {private_addresses: allow, timeout: 2s}\n"

Gateway = tuple[World, Client, FakeWiki]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with wiki() as fake, served(tmp_path, CHECKED) as (world, client):
        await world.engine.link_checker.check_once()  # declared now: the first check is the next
        yield world, client, fake


async def pass_time(world: World, seconds: float) -> None:
    """Let time pass, and the loops run that virtual time leaves out."""
    await world.advance(seconds)
    for engine in world.replicas:
        await engine.link_checker.check_once()
        await engine.own_alerts.check_once()
    await world.settle()


def dead_alerts(world: World) -> list[Any]:
    """Return the delivered messages about dead links."""
    return [
        one
        for one in world.delivered
        if "GatewayRunbookDead" in str(one.message.facts.get("common_labels"))
    ]


async def post_with_runbook(world: World, url: str) -> None:
    await world.post(alert(annotations={"runbook_url": url}))


async def test_dead_runbook_of_an_alert_becomes_one_incident_that_ends(gateway: Gateway) -> None:
    """Dead twice: one alert that lists it with who names it; it ends when the page works."""
    world, client, fake = gateway
    fake.statuses["/dead"] = 404
    await post_with_runbook(world, f"{fake.url}/dead")
    await pass_time(world, DAY)
    assert not dead_alerts(world)
    await pass_time(world, RECHECK)
    await pass_time(world, MINUTE)
    (first,) = dead_alerts(world)
    annotations = first.message.facts["common_annotations"]
    assert f"{fake.url}/dead (its server answers with status 404)" in annotations["links"]
    assert "named by DoubleChargeDetected" in annotations["links"]
    page = await page_of(client, "GET", "/runbooks")
    assert f"{fake.url}/dead" in page
    listed = await (await client.get("/api/v1/links")).json()
    assert [one["dead"] for one in listed["links"] if one["url"].endswith("/dead")] == [True]
    assert b'gateway_links{state="dead"} 1.0' in world.engine.metrics.exposition()
    fake.statuses.clear()
    await pass_time(world, RECHECK)
    await pass_time(world, HOLD + EVERY)
    await pass_time(world, HOUR)
    assert [one.kind for one in dead_alerts(world)][-1] == "resolved"


async def test_page_that_is_down_for_one_check_only_is_no_incident(gateway: Gateway) -> None:
    """A wiki that restarts in the night wakes nobody."""
    world, _, fake = gateway
    fake.statuses["/page"] = 503
    await post_with_runbook(world, f"{fake.url}/page")
    await pass_time(world, DAY)
    fake.statuses.clear()
    await pass_time(world, RECHECK)
    await pass_time(world, HOUR)
    assert not dead_alerts(world)


async def test_two_replicas_follow_a_link_once(tmp_path: Path) -> None:
    """Whichever is first marks the night's check; the other one leaves it."""
    async with wiki() as fake, served(tmp_path, CHECKED) as (world, _):
        await world.start()
        await world.engine.link_checker.check_once()
        await post_with_runbook(world, f"{fake.url}/page")
        await pass_time(world, DAY)
        assert fake.counts["/page"] == 1


async def test_links_of_alerts_not_seen_for_a_month_are_omitted(gateway: Gateway) -> None:
    """Rules that were deleted do not keep their runbooks on the list."""
    world, client, fake = gateway
    url = f"{fake.url}/old"
    await world.post(alert(annotations={"runbook_url": url}))
    await world.post(alert(annotations={"runbook_url": url}, ends_at=world.now))
    await pass_time(world, DAY)
    assert fake.counts["/old"] == 1
    await pass_time(world, 31 * DAY)
    assert fake.counts["/old"] == 1
    assert (await (await client.get("/api/v1/links")).json())["links"] == []


async def test_without_the_key_nothing_is_followed(tmp_path: Path) -> None:
    """Requests to other servers are made only where the file asks for them."""
    async with wiki() as fake, served(tmp_path) as (world, client):
        await world.engine.link_checker.check_once()
        await post_with_runbook(world, f"{fake.url}/page")
        await pass_time(world, 2 * DAY)
        assert fake.requests == []
        assert "They are not followed" in await page_of(client, "GET", "/runbooks")
