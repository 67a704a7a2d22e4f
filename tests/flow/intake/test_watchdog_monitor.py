"""E40: a watchdog that is missing fires an alert, which resolves when it is reported again."""

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


async def test_a_missing_watchdog_pages(tmp_path: Path) -> None:
    """Reported, then missing for longer than allowed: the person on call is notified."""
    world = await watched(tmp_path)
    try:
        await world.post(alert("Watchdog", "info"))
        await check(world)
        await world.advance(4 * MINUTE)
        await check(world)
        assert [d for d in world.delivered if d.incident != 1001] == []
        await world.advance(2 * MINUTE)
        await check(world)
        messages = await world.advance(1.0)
        assert {d.channel for d in messages} == {"email", "slack", "pagerduty"}
        assert "WatchdogMissing" in str(messages[0].message.parts)
    finally:
        await world.close()


async def test_a_watchdog_that_is_back_resolves(tmp_path: Path) -> None:
    """Reported again: everyone who was notified is notified of the end."""
    world = await watched(tmp_path)
    try:
        await world.advance(6 * MINUTE)
        await check(world)
        await world.advance(MINUTE)
        await world.post(alert("Watchdog", "info"))
        await check(world)
        messages = await world.advance(10 * MINUTE)
        assert {d.reason for d in messages if d.incident == 1001} == {"resolved"}
    finally:
        await world.close()


async def test_a_downtime_does_not_count_as_missing(tmp_path: Path) -> None:
    """Nothing is received while the gateway is down: absence counts from its start."""
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


async def test_a_restart_resolves_nothing(tmp_path: Path) -> None:
    """Promise 14: missing before a restart and not reported since: no resolve is sent."""
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
        messages = await world.advance(10 * MINUTE)
        assert {d.reason for d in messages if d.incident == 1001} == {"resolved"}
    finally:
        await world.close()


async def test_a_watchdog_that_was_removed_resolves(tmp_path: Path) -> None:
    """Promise 14: a reload removes the watchdog, so its alert resolves: nothing else would ever
    resolve it."""
    world = await watched(tmp_path)
    try:
        await world.advance(6 * MINUTE)
        await check(world)
        await world.advance(MINUTE)
        world.routes = ROUTES
        assert await world.engine.reload() == ()
        await world.engine.watchdog_monitor.check()  # submits as it did before
        messages = await world.advance(10 * MINUTE)
        assert {d.reason for d in messages} == {"resolved"}
    finally:
        await world.close()


async def test_a_watchdog_without_a_name_reads_every_alert(tmp_path: Path) -> None:
    """Only an equality on alertname allows the shortcut."""
    world = await watched(tmp_path)
    try:
        watchdogs = world.engine.plan.watchdogs
        assert watched_alertnames(watchdogs) == {"Watchdog"}
        assert watched_alertnames([*watchdogs, *(w for w in watchdogs)]) == {"Watchdog"}
        assert watchdog_alerts(watchdogs, {}, 0.0, 299.0) == []
        (verdict,) = watchdog_alerts(watchdogs, {"prometheus": 200.0}, 0.0, 299.0)
        assert verdict[1] is False
        (verdict,) = watchdog_alerts(watchdogs, {}, 0.0, 300.0)
        assert verdict[1] is True
    finally:
        await world.close()
