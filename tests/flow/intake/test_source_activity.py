"""Sources that go silent, and what is known of their posts."""

from collections.abc import AsyncIterator

import pytest

from gateway.core.alerts.own_alerts import HOLD
from gateway.flow.own_alerts.reporter import EVERY
from tests.flow.world import HOUR, MINUTE, ROUTES, Delivered, World, alert

SOURCES = (
    """
sources:
  alertmanager: {type: alertmanager, bearer: test-token, expect_every: 15m}
  scripts: {type: json, bearer: test-token, mapping: {labels: {alertname: x}}}
"""
    + ROUTES
)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Yield a gateway that expects posts of Alertmanager."""
    world = World(database_url, SOURCES)
    await world.start()
    yield world
    await world.close()


async def run_checks(world: World, seconds: float) -> list[Delivered]:
    """Let time pass, and each replica store posts and check its conditions as its loops do."""
    delivered = []
    for _ in range(int(seconds / EVERY)):
        for engine in world.replicas:
            await engine.source_activity.save()
            await engine.own_alerts.check_once()
        delivered += await world.advance(EVERY)
    return delivered


def about_silence(delivered: list[Delivered]) -> list[str]:
    """Return the reasons of messages about a silent source."""
    return [one.reason for one in delivered if "has not posted" in str(one.message.parts)]


async def test_silent_source_fires_until_it_posts_again(world: World) -> None:
    """After `expect_every` its alert goes to the default receiver, once, and ends by itself."""
    await world.post(alert())
    assert about_silence(await run_checks(world, 14 * MINUTE)) == []
    assert about_silence(await run_checks(world, 3 * MINUTE)) == ["first"]
    messages = []
    for _ in range(int(HOLD / (10 * MINUTE)) + 2):
        await world.post(alert())
        messages += await run_checks(world, 10 * MINUTE)
    assert about_silence(messages)[-1] == "resolved"


async def test_regular_posts_keep_it_quiet(world: World) -> None:
    """Known re-posts count as well as new alerts."""
    for _ in range(8):
        await world.post(alert())
        assert about_silence(await run_checks(world, 10 * MINUTE)) == []


async def test_source_that_never_posted_is_expected_from_the_start(world: World) -> None:
    """It counts as silent `expect_every` after the start."""
    assert about_silence(await run_checks(world, 17 * MINUTE)) == ["first"]


async def test_restart_starts_over_and_knows_the_last_post(world: World) -> None:
    """Nothing could be posted meanwhile, so a long downtime fires nothing at once."""
    await world.post(alert())
    await run_checks(world, MINUTE)
    posted_at = world.now - MINUTE
    await world.kill(world.engine)
    world.now += 5 * HOUR
    await world.start()
    activity = (await world.engine.source_activity.read())["alertmanager"]
    assert activity.last_post_at == pytest.approx(posted_at, abs=1.0)
    assert not activity.silent
    assert about_silence(await run_checks(world, 14 * MINUTE)) == []


async def test_restart_while_silent_ends_nothing(world: World) -> None:
    """Only a post ends the alert, so nobody reads "resolved" while the source is still silent."""
    await world.post(alert())
    assert about_silence(await run_checks(world, 17 * MINUTE)) == ["first"]
    await world.kill(world.engine)
    await world.start()
    assert not {"first", "resolved"} & set(about_silence(await run_checks(world, 30 * MINUTE)))
    assert (await world.engine.source_activity.read())["alertmanager"].silent
    await world.post(alert())
    assert about_silence(await run_checks(world, 10 * MINUTE)) == ["resolved"]


async def test_clock_that_was_ahead_hides_no_silence(world: World) -> None:
    """A post that was stored with a time of tomorrow does not count until then."""
    start = world.now
    world.now = start + 24 * HOUR
    await world.post(alert())
    await world.engine.source_activity.save()
    world.now = start
    assert about_silence(await run_checks(world, 17 * MINUTE)) == ["first"]


async def test_reload_that_expects_more_starts_over(world: World) -> None:
    """A source that was silent before the reload gets the whole time."""
    await run_checks(world, 20 * MINUTE)
    world.routes = SOURCES.replace("mapping: {labels", "expect_every: 5m, mapping: {labels")
    assert await world.engine.reload() == ()
    await run_checks(world, MINUTE)
    assert not (await world.engine.source_activity.read())["scripts"].silent


async def test_posts_of_the_last_hour_are_counted(world: World) -> None:
    """By source; older ones are forgotten."""
    for _ in range(3):
        await world.post(alert())
        await run_checks(world, MINUTE)
    activity = await world.engine.source_activity.read()
    assert (activity["alertmanager"].posts_last_hour, activity["scripts"].posts_last_hour) == (3, 0)
    await run_checks(world, HOUR + 2 * MINUTE)
    activity = await world.engine.source_activity.read()
    assert activity["alertmanager"].posts_last_hour == 0


async def test_metrics_say_when_each_source_posted_and_whether_it_is_silent(world: World) -> None:
    """A source that is not expected to post is never called silent."""
    await world.post(alert())
    await run_checks(world, 16 * MINUTE)
    await world.engine.source_activity.update_metrics()
    samples = [
        (sample.name, sample.labels["source"], sample.value)
        for metric in world.engine.metrics.registry.collect()
        if metric.name.startswith("gateway_source_")
        for sample in metric.samples
    ]
    assert samples == [
        ("gateway_source_last_post_timestamp_seconds", "alertmanager", world.now - 16 * MINUTE),
        ("gateway_source_silent", "alertmanager", 1.0),
    ]
