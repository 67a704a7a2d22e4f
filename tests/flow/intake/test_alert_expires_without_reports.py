"""A source that only ever says that an alert fires: over when it was not said for long enough."""

from dataclasses import replace

from tests.flow.world import HOUR, MINUTE, ROUTES, START, World, alert, to

ROOM = "slack:#billing-alerts"


async def test_over_when_it_is_not_reported_any_more(world: World) -> None:
    """Promise 14: Alertmanager never says that an alert ended which was silenced there."""
    world.routes = "sources: {alertmanager: {resolve_timeout: 5h}}\n" + ROUTES
    assert await world.engine.reload() == ()
    await world.post(alert("SlowRenewals", "warning", starts_at=START))
    await world.advance(4 * HOUR)
    await world.post(alert("SlowRenewals", "warning", starts_at=START))  # its repeat there
    said = to(await world.advance(4 * HOUR + 50 * MINUTE), ROOM)
    assert "resolved" not in {reason for _, _, reason in said}
    said = [d for d in await world.advance(20 * MINUTE) if d.to == ROOM]
    assert [d.reason for d in said] == ["resolved"]
    assert "stopped reporting it" in said[0].message.facts["note"]


async def test_for_ever_unless_told_otherwise(world: World) -> None:
    """A webhook without an end burns until its end is posted, and that end says nothing odd."""
    await world.post(alert("SlowRenewals", "warning", starts_at=START))
    await world.advance(48 * HOUR)
    assert (await world.incident()).open
    await world.post(alert("SlowRenewals", "warning", starts_at=START, ends_at=world.now))
    said = [d for d in await world.advance(20 * MINUTE) if d.reason == "resolved"]
    assert said
    assert not any(d.message.facts["note"] for d in said)


async def test_its_own_time_wins_over_the_files(world: World) -> None:
    """A source that re-sends ends by its own time where it has one, else by resolve_timeout."""
    world.routes = "sources: {prometheus: {resolve_timeout: 30m}}\n" + ROUTES
    assert await world.engine.reload() == ()
    one = replace(alert("SlowRenewals", "warning"), expires=True)
    await world.post(one, source="prometheus")
    await world.advance(29 * MINUTE)
    assert (await world.incident()).open
    await world.advance(7 * MINUTE)
    assert not (await world.incident()).open
