"""Posts that are known, and alerts of a source that fire, in the database."""

from pathlib import Path

import pytest

from gateway.store.state import accepted_posts
from tests.flow.world import HOUR, World, alert


@pytest.fixture
async def world(tmp_path: Path) -> World:
    world = World(f"sqlite:///{tmp_path}/gateway.db")
    await world.start()
    return world


async def test_recorded_post_is_known_to_every_replica_and_after_a_restart(world: World) -> None:
    """A post is known by its source and its id, in the database."""
    posts = world.engine.source_posts
    await posts.record("sentry", "id-1")
    await posts.record("sentry", "id-1")
    other = await world.start("replica-2")
    for one in (posts, other.source_posts):
        assert await one.is_known("sentry", "id-1")
        assert not await one.is_known("sentry", "id-2")
        assert not await one.is_known("other", "id-1")
    await world.close()


async def test_post_of_long_ago_is_forgotten(world: World) -> None:
    """Ids are deleted after a week, so that they do not fill the database."""
    posts = world.engine.source_posts
    await posts.record("sentry", "id-1")
    world.now += accepted_posts.KEPT - HOUR
    await posts.record("sentry", "id-2")
    assert await posts.is_known("sentry", "id-1")
    world.now += 2 * HOUR
    await posts.record("sentry", "id-3")
    assert not await posts.is_known("sentry", "id-1")
    assert await posts.is_known("sentry", "id-2")
    await world.close()


@pytest.mark.parametrize("post_id", ["x" * 100_000, "\udc80", "ä", "\x00"])
async def test_id_of_any_length_and_text_is_stored(world: World, post_id: str) -> None:
    """A sender chooses its ids: any of them can be stored."""
    await world.engine.source_posts.record("sentry", post_id)
    assert await world.engine.source_posts.is_known("sentry", post_id)
    await world.close()


async def test_firing_alerts_of_a_source_are_without_those_that_ended(world: World) -> None:
    """Ended alerts and those of other sources are not among them."""
    await world.post(alert("A"), source="sentry")
    await world.post(alert("B", ends_at=world.now), source="sentry")
    await world.post(alert("C"), source="other")
    firing = await world.engine.source_posts.firing("sentry")
    assert [one.labels["alertname"] for one in firing] == ["A"]
    await world.close()
