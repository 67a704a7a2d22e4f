"""Cron-like scripts that ping with the real curl, over days of virtual time."""

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from gateway.cron import next_slot
from tests.flow.world import HOUR, MINUTE, ROUTES, Delivered, World
from tests.web.real import Client, served

pytestmark = pytest.mark.process

BERLIN = ZoneInfo("Europe/Berlin")
CRON = "30 2 * * *"
JOBS = f"""
heartbeats:
  renewal-cron:
    cron: "{CRON}"
    timezone: Europe/Berlin
    grace: 1h
    longest_run: 5m
    labels: {{team: billing}}
    missing: {{alertname: RenewalCronMissing}}
    failed: {{alertname: RenewalCronFailed, severity: critical}}
    slow: {{alertname: RenewalCronSlow}}
"""
SCRIPT = """
run=$(cat /proc/sys/kernel/random/uuid)
curl -fsS -m 10 --retry 2 -o /dev/null "$PING/start?rid=$run" || exit 90
output=$(sh -c "$JOB" 2>&1)
status=$?
printf '%s' "$output" | curl -fsS -m 10 -o /dev/null --data-binary @- "$PING/$status?rid=$run"
"""
"""The script of docs/heartbeats.md."""


async def run_job(ping: str, job: str = "echo renewed") -> None:
    """Run the script, as cron does."""
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", SCRIPT, env={"PING": ping, "JOB": job, "PATH": "/usr/bin:/bin"}
    )
    assert await process.wait() == 0


async def until(world: World, t: float) -> list[Delivered]:
    """Let virtual time pass, near its end with checks so often that none seems an outage."""
    delivered = []
    while world.now < t:
        step = 10 * MINUTE if t - world.now > 2 * HOUR else 2 * MINUTE
        delivered += await world.advance(min(step, t - world.now))
        await world.engine.heartbeats.check_once()
        delivered += await world.advance(0)
    return delivered


async def address(world: World, client: Client) -> str:
    (view,) = await world.engine.heartbeats.views()
    return str(client.make_url(urlsplit(view.url).path))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("change", ["2026-10-25", "2027-03-28"])
async def test_nightly_script_over_a_change_of_the_clocks(tmp_path: Path, change: str) -> None:
    """A week around it notifies nobody; then the night without the job does, with its end."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        noon = datetime.fromisoformat(change).replace(hour=12, tzinfo=BERLIN)
        world.now = (noon - timedelta(days=3)).timestamp()
        ping = await address(world, client)
        await run_job(ping)
        for _ in range(6):
            slot = next_slot(CRON, "Europe/Berlin", world.now)
            assert await until(world, slot + 5) == []
            await run_job(ping)
        slot = next_slot(CRON, "Europe/Berlin", world.now)
        assert await until(world, slot + HOUR - 1) == []
        fired = await until(world, slot + HOUR + 20 * MINUTE)
        assert "firing" in {d.kind for d in fired}
        await run_job(ping)
        assert {d.kind for d in await until(world, world.now + HOUR)} >= {"resolved"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_failing_script_pages_with_what_it_printed(tmp_path: Path) -> None:
    """The exit status and the output are in the page."""
    async with served(tmp_path, ROUTES + JOBS) as (world, client):
        await run_job(await address(world, client), "echo cannot reach provider; exit 7")
        delivered = await until(world, world.now + 20 * MINUTE)
        facts = [d.message.facts for d in delivered if d.channel == "pagerduty"]
        assert len(facts) >= 1
        assert "exit status 7" in str(facts[0])
        assert "cannot reach provider" in str(facts[0])
