"""E40: when monitoring itself goes silent, that is an alert; when it is back, the alert ends."""

from pathlib import Path

from gateway.core.plan.watchdog import watchdog_alerts, watched_alertnames
from tests.flow.world import MINUTE, ROUTES, World, alert

WATCHED = (
    ROUTES
    + """
watchdogs:
  prometheus: {matchers: ['alertname="Watchdog"'], absent_for: 5m,
               labels: {severity: critical, team: billing}}
"""
)


async def watched(folder: Path) -> World:
    world = World(f"sqlite:///{folder}/gateway.db", WATCHED)
    await world.start()
    return world


async def check(world: World) -> None:
    """What the loop does every ten seconds."""
    engine = world.engine
    plan = engine.plan
    assert plan.watchdogs
    # Commits by hand.
    engine.watchdog_monitor._submit = lambda source, alerts: world.post(*alerts, source=source)
    await engine.watchdog_monitor.check()


async def test_silence_pages(tmp_path: Path) -> None:
    """Heard, then silent for longer than allowed: the person on call is told."""
    world = await watched(tmp_path)
    try:
        await world.post(alert("Watchdog", "info"))
        await check(world)
        await world.advance(4 * MINUTE)
        await check(world)
        assert [d for d in world.delivered if d.incident != 1001] == []
        await world.advance(2 * MINUTE)
        await check(world)
        said = await world.advance(1.0)
        assert {d.channel for d in said} == {"email", "slack", "pagerduty"}
        assert "WatchdogMissing" in str(said[0].message.parts)
    finally:
        await world.close()


async def test_it_is_back(tmp_path: Path) -> None:
    """Reported again: whoever was told hears the end."""
    world = await watched(tmp_path)
    try:
        await world.advance(6 * MINUTE)
        await check(world)
        await world.advance(MINUTE)
        await world.post(alert("Watchdog", "info"))
        await check(world)
        said = await world.advance(10 * MINUTE)
        assert {d.reason for d in said if d.incident == 1001} == {"resolved"}
    finally:
        await world.close()


async def test_a_restart_is_no_silence(tmp_path: Path) -> None:
    """While the gateway was down nobody could be heard: absence counts from its start."""
    world = await watched(tmp_path)
    try:
        await world.post(alert("Watchdog", "info"))
        await check(world)
        await world.kill(world.engine)
        world.now += 60 * MINUTE
        await world.start()
        await check(world)
        assert {d.incident for d in await world.advance(MINUTE)} <= {1001}
    finally:
        await world.close()


async def test_a_restart_is_no_all_clear(tmp_path: Path) -> None:
    """Promise 14: missing before a restart and not heard since: nothing says that it is back."""
    world = await watched(tmp_path)
    try:
        await world.advance(6 * MINUTE)
        await check(world)
        await world.advance(MINUTE)
        await world.kill(world.engine)
        await world.start("another")
        for _ in range(3):
            world.engine.watchdog_monitor._missing = {"prometheus"}  # what run() begins with
            await check(world)
            await world.advance(4 * MINUTE)
        assert "resolved" not in {d.reason for d in world.delivered}
        await world.post(alert("Watchdog", "info"))
        await check(world)
        said = await world.advance(10 * MINUTE)
        assert {d.reason for d in said if d.incident == 1001} == {"resolved"}
    finally:
        await world.close()


async def test_one_that_is_not_watched_any_more(tmp_path: Path) -> None:
    """Promise 14: a reload takes the watchdog away: the alert about it ends, for nobody else
    would ever end it."""
    world = await watched(tmp_path)
    try:
        await world.advance(6 * MINUTE)
        await check(world)
        await world.advance(MINUTE)
        world.routes = ROUTES
        assert await world.engine.reload() == ()
        await world.engine.watchdog_monitor.check()  # submits as it did before
        said = await world.advance(10 * MINUTE)
        assert {d.reason for d in said} == {"resolved"}
    finally:
        await world.close()


async def test_a_watchdog_without_a_name_looks_at_every_alert(tmp_path: Path) -> None:
    """Only an equality on alertname allows the shortcut."""
    world = await watched(tmp_path)
    try:
        watchdogs = world.engine.plan.watchdogs
        assert watched_alertnames(watchdogs) == {"Watchdog"}
        assert watched_alertnames([*watchdogs, *(w for w in watchdogs)]) == {"Watchdog"}
        assert watchdog_alerts(watchdogs, {}, 0.0, 299.0) == []
        (told,) = watchdog_alerts(watchdogs, {"prometheus": 200.0}, 0.0, 299.0)
        assert told[1] is False
        (told,) = watchdog_alerts(watchdogs, {}, 0.0, 300.0)
        assert told[1] is True
    finally:
        await world.close()
