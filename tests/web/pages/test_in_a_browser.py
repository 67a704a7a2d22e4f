"""The acknowledge page in a real browser: its requests and its layout."""

from pathlib import Path

import pytest

from gateway.core.heartbeats.state import Ping, PingKind
from gateway.core.incidents.incident import State
from tests.flow.world import MINUTE, ROUTES, alert
from tests.web.browser import browser
from tests.web.real import served, token

pytestmark = pytest.mark.browser


async def test_one_tap_acknowledges_and_another_undoes(tmp_path: Path) -> None:
    """Promise 5, E18: opening the link changes nothing; the styled buttons work without scripts.

    A browser sends "Origin: null" from a page without referrer, which is accepted.
    """
    async with served(tmp_path) as (world, client), browser(tmp_path / "profile") as page:
        await world.post(alert(), alert(instance="2"))
        await world.advance(MINUTE)
        await page.open(f"http://127.0.0.1:{client.port}/ack/{token(world)}")
        assert (await world.incident()).state is State.FIRING
        colour = "getComputedStyle(document.querySelector('.band')).backgroundColor"
        assert await page.run(colour) == "rgb(179, 38, 30)"

        await page.press("Acknowledge as Ana")
        assert (await world.incident()).state is State.ACKNOWLEDGED
        assert "Acknowledged by you" in await page.text()

        await page.press("Undo the acknowledgement")
        assert (await world.incident()).state is State.FIRING
        await page.press("Acknowledge as Ana")
        assert (await world.incident()).state is State.ACKNOWLEDGED
        assert [text for text in page.complaints if "favicon" not in text] == []


async def test_phone_shows_pages_without_scrolling_sideways(tmp_path: Path) -> None:
    """At 360 pixels no page has to be scrolled sideways, even with the longest labels."""
    long = {"summary": "x" * 400, "description": "word " * 200}
    async with served(tmp_path) as (world, client), browser(tmp_path / "profile") as page:
        await world.post(
            alert(annotations=long, instance="i" * 200, pod="p" * 150),
            alert(annotations=long, instance="j" * 200, pod="q" * 150),
        )
        await world.advance(MINUTE)
        await page.call(
            "Emulation.setDeviceMetricsOverride",
            width=360,
            height=740,
            deviceScaleFactor=2,
            mobile=True,
        )
        for path in (f"/ack/{token(world)}", f"/ack/{token(world, '')}", "/incidents/1001", "/"):
            await page.open(f"http://127.0.0.1:{client.port}{path}")
            assert await page.run("document.documentElement.scrollWidth") <= 360, path
            height = await page.run(
                "Math.min(...[...document.querySelectorAll('button, select, .actions a')]"
                ".map(e => e.getBoundingClientRect().height), 1000)"
            )
            assert height >= 44, path


async def test_phone_shows_heartbeats_without_scrolling_sideways(tmp_path: Path) -> None:
    """Neither the longest name and output nor the address to ping widens the page."""
    name = "renewal-cron-of-all-subscriptions-in-every-region-and-currency"
    jobs = f"heartbeats:\n  {name}: {{period: 1h}}\n"
    async with (
        served(tmp_path, ROUTES + jobs) as (world, client),
        browser(tmp_path / "profile") as page,
    ):
        heartbeats = world.engine.heartbeats
        job = world.engine.plan.heartbeats[name]
        await heartbeats.ping(job, Ping(PingKind.FAIL, exit_status=3, output="x" * 3000))
        await page.call(
            "Emulation.setDeviceMetricsOverride",
            width=360,
            height=740,
            deviceScaleFactor=2,
            mobile=True,
        )
        await page.open(f"http://127.0.0.1:{client.port}/heartbeats")
        await page.run("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert "exit status 3" in await page.text()
        assert await page.run("document.documentElement.scrollWidth") <= 360
