"""Heartbeats with a store: pings, alerts through the routes, reloads, replicas, outages."""

from pathlib import Path

import pytest

from gateway.core.heartbeats.schedule import HeartbeatStatus
from gateway.core.heartbeats.state import Ping, PingKind
from gateway.flow.heartbeats.heartbeats import UnknownHeartbeatError
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, Delivered, World

JOBS = """
heartbeats:
  renewal-cron:
    period: 1h
    grace: 10m
    longest_run: 5m
    labels: {team: billing, severity: warning}
    annotations: {runbook_url: "https://runbooks.example.com/renewal-cron"}
    missing: {alertname: RenewalCronMissing}
    failed: {alertname: RenewalCronFailed, severity: critical}
    slow: {alertname: RenewalCronSlow}
"""


async def job_world(folder: Path) -> World:
    """A gateway that watches one job, which has pinged."""
    world = World(f"sqlite:///{folder}/gateway.db", ROUTES + JOBS)
    await world.start()
    await ping(world)
    await world.engine.heartbeats.check_once()
    return world


async def ping(world: World, kind: PingKind = PingKind.SUCCESS, **fields: object) -> None:
    heartbeats = world.replicas[-1].heartbeats
    job = world.engine.plan.heartbeats["renewal-cron"]
    await heartbeats.ping(job, Ping(kind, **fields))  # type: ignore[arg-type]


async def run(world: World, seconds: float, step: float = MINUTE) -> list[Delivered]:
    """Let time pass with a check each minute; return what was delivered."""
    delivered = []
    end = world.now + seconds
    while world.now < end:
        delivered += await world.advance(min(step, end - world.now))
        for engine in world.replicas:
            await engine.heartbeats.check_once()
        delivered += await world.advance(0)
    return delivered


async def status(world: World) -> HeartbeatStatus:
    (view,) = await world.engine.heartbeats.views()
    return view.status


def titles(delivered: list[Delivered], to: str = "slack:#billing-alerts") -> list[tuple[str, str]]:
    return [(d.kind, d.message.facts["title"]) for d in delivered if d.to == to]


async def test_missing_job_notifies_and_resolves(tmp_path: Path) -> None:
    """The alert goes the way of its labels, with the runbook, and ends with the next ping."""
    world = await job_world(tmp_path)
    try:
        assert titles(await run(world, 69 * MINUTE)) == []
        assert await status(world) is HeartbeatStatus.LATE
        fired = titles(await run(world, 3 * MINUTE))
        assert [kind for kind, _ in fired] == ["firing"]
        assert "RenewalCronMissing" in fired[0][1]
        await ping(world)
        assert [kind for kind, _ in titles(await run(world, 10 * MINUTE))] == ["resolved"]
        assert await status(world) is HeartbeatStatus.UP
    finally:
        await world.close()


async def test_failure_carries_the_last_output(tmp_path: Path) -> None:
    """A failed run pages by its own severity, with what it printed."""
    world = await job_world(tmp_path)
    try:
        await ping(world, PingKind.FAIL, exit_status=3, output="cannot reach provider")
        delivered = await run(world, MINUTE)
        texts = [str(d.message.facts["alerts"]) for d in delivered if d.channel == "pagerduty"]
        assert len(texts) == 1
        assert "failed with exit status 3" in texts[0]
        assert "cannot reach provider" in texts[0]
        assert "https://runbooks.example.com/renewal-cron" in texts[0]
    finally:
        await world.close()


async def test_job_pinging_through_days_is_never_reported(tmp_path: Path) -> None:
    """Three days of pings each hour notify nobody."""
    world = await job_world(tmp_path)
    try:
        for _ in range(72):
            assert await run(world, HOUR, 10 * MINUTE) == []
            await ping(world)
    finally:
        await world.close()


async def test_pings_survive_a_crash(tmp_path: Path) -> None:
    """The process that answered may die at once."""
    world = await job_world(tmp_path)
    try:
        world.now += 50 * MINUTE
        await ping(world)
        await world.kill(world.engine)
        await world.start()
        (view,) = await world.engine.heartbeats.views()
        assert view.state.last_ping == world.now
    finally:
        await world.close()


async def test_jobs_that_were_due_while_no_gateway_ran_are_awaited_again(tmp_path: Path) -> None:
    """After a night without the gateway no job is declared missing before its next round."""
    world = await job_world(tmp_path)
    try:
        await world.kill(world.engine)
        world.now += DAY
        await world.start()
        assert await run(world, 60 * MINUTE) == []
        fired = titles(await run(world, 15 * MINUTE))
        assert [kind for kind, _ in fired] == ["firing"]
    finally:
        await world.close()


async def test_removed_job_ends_its_alert(tmp_path: Path) -> None:
    """A reload without the job resolves what fires about it, and forgets it."""
    world = await job_world(tmp_path)
    try:
        await run(world, 75 * MINUTE)
        world.routes = ROUTES
        await world.engine.reload()
        kinds = [kind for kind, _ in titles(await run(world, 15 * MINUTE))]
        assert kinds == ["resolved"]
        world.routes = ROUTES + JOBS
        await world.engine.reload()
        assert await status(world) is HeartbeatStatus.NEW
    finally:
        await world.close()


async def test_replica_without_the_job_yet_deletes_nothing(tmp_path: Path) -> None:
    """While replicas are reloaded one after the other, pings are kept."""
    world = await job_world(tmp_path)
    try:
        old, world.routes = world.routes, ROUTES
        await world.start()
        world.routes = old
        last = world.now
        for _ in range(10):
            await run(world, MINUTE)
        (view,) = await world.engine.heartbeats.views()
        assert view.state.last_ping == last
    finally:
        await world.close()


async def test_raised_generation_revokes_the_url(tmp_path: Path) -> None:
    """The old URL is unknown, and the new one works."""
    world = await job_world(tmp_path)
    try:
        heartbeats = world.engine.heartbeats
        (view,) = await heartbeats.views()
        token = view.url.rpartition("/")[2]
        assert heartbeats.find(token).name == "renewal-cron"
        world.routes += "    generation: 2\n"
        assert await world.engine.reload() == ()
        with pytest.raises(UnknownHeartbeatError):
            heartbeats.find(token)
        (view,) = await heartbeats.views()
        assert heartbeats.find(view.url.rpartition("/")[2]).generation == 2
    finally:
        await world.close()


async def test_changed_labels_end_the_old_alert(tmp_path: Path) -> None:
    """The alert of the new labels takes the place of the one that fires."""
    world = await job_world(tmp_path)
    try:
        await run(world, 75 * MINUTE)
        world.routes = world.routes.replace("RenewalCronMissing", "RenewalCronAbsent")
        await world.engine.reload()
        seen = titles(await run(world, 15 * MINUTE))
        assert {(kind, "Absent" in title) for kind, title in seen} == {
            ("firing", True),
            ("resolved", False),
        }
    finally:
        await world.close()


async def test_clock_that_jumps_ahead_reports_no_job(tmp_path: Path) -> None:
    """A clock that is set forward by a day is an outage, not a day without pings."""
    world = await job_world(tmp_path)
    try:
        world.step_clock(DAY)
        assert await run(world, 50 * MINUTE) == []
        assert await status(world) is HeartbeatStatus.UP
    finally:
        await world.close()


async def test_clock_that_is_set_back_still_reports_a_missing_job(tmp_path: Path) -> None:
    """The deadline moves back with the clock."""
    world = await job_world(tmp_path)
    try:
        world.step_clock(-DAY)
        fired = titles(await run(world, 75 * MINUTE))
        assert [kind for kind, _ in fired] == ["firing"]
    finally:
        await world.close()
