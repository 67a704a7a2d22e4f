"""A source that only ever says that an alert fires: over when it was not said for long enough."""

from dataclasses import replace

from tests.flow.world import HOUR, MINUTE, ROUTES, START, World, alert, to

SLACK = "slack:#billing-alerts"


async def test_over_when_it_is_not_reported_any_more(world: World) -> None:
    """Promise 14: Alertmanager never says that an alert ended which was silenced there."""
    world.routes = "sources: {alertmanager: {resolve_timeout: 5h}}\n" + ROUTES
    assert await world.engine.reload() == ()
    await world.post(alert("SlowRenewals", "warning", starts_at=START))
    await world.advance(4 * HOUR)
    await world.post(alert("SlowRenewals", "warning", starts_at=START))  # its repeat there
    messages = to(await world.advance(4 * HOUR + 50 * MINUTE), SLACK)
    assert "resolved" not in {reason for _, _, reason in messages}
    messages = [d for d in await world.advance(20 * MINUTE) if d.to == SLACK]
    assert [d.reason for d in messages] == ["resolved"]
    assert "stopped reporting it" in messages[0].message.facts["note"]


async def test_it_never_expires_without_a_resolve_timeout(world: World) -> None:
    """An alert without an end fires until its end is posted, which is an ordinary resolve."""
    await world.post(alert("SlowRenewals", "warning", starts_at=START))
    await world.advance(48 * HOUR)
    assert (await world.incident()).open
    await world.post(alert("SlowRenewals", "warning", starts_at=START, ends_at=world.now))
    messages = [d for d in await world.advance(20 * MINUTE) if d.reason == "resolved"]
    assert messages
    assert not any(d.message.facts["note"] for d in messages)


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
