"""E40: a watchdog's report counts although it is absorbed by its bytes and not parsed."""

import asyncio
import json
from pathlib import Path

from gateway.core.time.timestamps import format_rfc3339
from gateway.web.ingest.sources.repost import parse_raw_post
from tests.flow.intake.test_watchdog_monitor import WATCHED, check, watched
from tests.flow.world import MINUTE, World
from tests.web.parsing import parse_post


def posted(world: World, *names: str) -> bytes:
    """What Prometheus posts of these alerts now; they began when the world did."""
    alerts = [
        {
            "annotations": {"summary": f"{name} happened"},
            "endsAt": format_rfc3339(world.now + 4 * MINUTE),
            "startsAt": format_rfc3339(1_700_000_000.0),
            "generatorURL": "http://prometheus.example.com/graph",
            "labels": {"alertname": name, "severity": "info", "team": "billing"},
        }
        for name in names
    ]
    return json.dumps(alerts, separators=(",", ":")).encode()


async def post(world: World, *names: str) -> bool:
    """As the endpoint of API v2 does it; return whether the post was absorbed as bytes."""
    body = posted(world, *names)
    unread = parse_raw_post(body)
    assert unread is not None
    engine = world.engine
    if engine.absorb_raw("prometheus", unread):
        return True
    alerts = parse_post("prometheus", body, world.now).alerts
    submitting = engine.submit("prometheus", alerts, 0, unread)
    task = asyncio.get_running_loop().create_task(submitting)
    await asyncio.sleep(0)
    if not task.done():
        await engine.intake.commit_waiting()
    await task
    return False


async def test_a_report_that_is_not_parsed_counts(tmp_path: Path) -> None:
    """Posted each minute for an hour, from the third time on as bytes: nobody is notified."""
    world = await watched(tmp_path)
    try:
        unread = []
        for _ in range(60):
            unread.append(await post(world, "RenewalsLate", "Watchdog"))
            await check(world)
            await world.engine.intake.write_extensions(world.now)
            await world.advance(MINUTE)
        assert unread == [False, False, *[True] * 58]
        assert "WatchdogMissing" not in str([d.message.parts for d in world.delivered])
        # Its neighbour alone says nothing of it.
        for _ in range(6):
            assert await post(world, "RenewalsLate")
            await check(world)
            await world.engine.intake.write_extensions(world.now)
            await world.advance(MINUTE)
        assert "WatchdogMissing" in str([d.message.parts for d in world.delivered])
    finally:
        await world.close()


async def test_a_watchdog_that_a_reload_brings(tmp_path: Path) -> None:
    """What was recognised before is read anew: it may be what the new watchdog waits for."""
    world = await watched(tmp_path)
    try:
        for _ in range(3):
            await post(world, "Watchdog", "Heartbeat")
        assert await post(world, "Watchdog", "Heartbeat")
        world.routes = WATCHED.replace('"Watchdog"', '"Heartbeat"')
        assert await world.engine.reload() == ()
        for number in range(12):
            assert await post(world, "Heartbeat") is (number > 0)
            await check(world)
            await world.engine.intake.write_extensions(world.now)
            await world.advance(MINUTE)
        assert "WatchdogMissing" not in str([d.message.parts for d in world.delivered])
    finally:
        await world.close()
