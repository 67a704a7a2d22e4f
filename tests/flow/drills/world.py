"""A gateway with drills, whose endpoint is a real one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.core.drills.run import DrillRun
from gateway.core.plan.accounts import SourceSettings
from gateway.flow.drills.drills import POLL
from gateway.flow.drills.endpoint import OwnEndpoint
from gateway.flow.engine import Engine
from tests.flow.world import ROUTES, World
from tests.web.real import Client, served

BEFORE_NOON = 3200.0
"""Seconds from the start of a world until 12:00 UTC."""

DRILLS = """
sources:
  drills: {type: prometheus, bearer: test-drill-token, allow_test: true, labels: {team: platform}}
drills:
  noon: {escalation: billing, source: drills, cron: "0 12 * * *", within: 2m}
"""
DRILLED = ROUTES + DRILLS


@asynccontextmanager
async def drilled(folder: Path, routes: str = DRILLED) -> AsyncIterator[tuple[World, Client]]:
    """Yield a world whose drills post to its web, from the first check on."""
    async with served(folder, routes) as (world, client):
        endpoint = OwnEndpoint(str(client.make_url("")).rstrip("/"))

        async def post(source: SourceSettings, alert: Mapping[str, Any]) -> None:
            """Post while the intake of this world, which has no loop of its own, commits."""
            task = asyncio.get_running_loop().create_task(endpoint.post(source, alert))
            while not task.done():
                await asyncio.sleep(0)
                await world.engine.intake.commit_waiting()
            await task

        world.engine.drills.post = post
        try:
            await world.engine.drills.check_once()  # from now on its slots count
            yield world, client
        finally:
            await endpoint.close()


async def watch(world: World, seconds: float, *others: Engine) -> None:
    """Let time pass, in which all replicas check drills as often as they do."""
    end = world.now + seconds
    while world.now < end:
        await world.advance(min(POLL, end - world.now))
        for engine in (world.engine, *others):
            await engine.drills.check_once()


async def noon(world: World, after: float = 0.0) -> None:
    """Let time pass until a while after 12:00."""
    await world.advance(BEFORE_NOON - 1.0)
    await watch(world, 1.0 + after)


async def runs_of(world: World, name: str = "noon") -> list[DrillRun]:
    """Return the runs of a drill, the last one first."""
    return await world.engine.drills.latest(name, 10)
