"""The gateway's own alerts in a whole gateway: firing, lasting, ending, replicas, restarts."""

import pytest

from gateway.core.alerts.own_alerts import CALENDAR_FAILING, HOLD
from gateway.flow.own_alerts.reporter import EVERY
from tests.flow.world import HOUR, MINUTE, ROUTES, Delivered, World

# Only on Thursdays, so that nobody is on call at the start of the world, a Wednesday.
ALWAYS = (
    ROUTES.replace('    - {notify: ["person:ben"]}\n', "")
    .replace(
        "    - {matchers: ['severity=\"info\"'], receiver: quiet}",
        "    - {matchers: ['team=\"platform\"'], receiver: platform}",
    )
    .replace("  - name: quiet", "  - name: platform")
    + "gateway_alerts: {labels: {team: platform}}\n"
)
EMPTY = ALWAYS.replace(
    "start: 2026-01-05}]", "start: 2026-01-05, restrictions: [{weekdays: [thursday]}]}]"
)


async def run_checks(world: World, seconds: float) -> list[Delivered]:
    """Let time pass, and each replica check its conditions as its loop does."""
    delivered = []
    for _ in range(int(seconds / EVERY)):
        for engine in world.replicas:
            await engine.own_alerts.check_once()
        delivered += await world.advance(EVERY)
    return delivered


def reasons(delivered: list[Delivered]) -> list[tuple[str, str]]:
    return [(one.to, one.reason) for one in delivered]


async def test_nobody_on_call_notifies_the_routed_receiver_once(database_url: str) -> None:
    """While an escalation reaches nobody, its own alert fires, routed by the configured labels."""
    world = World(database_url, EMPTY)
    await world.start()
    messages = await run_checks(world, 10 * MINUTE)
    assert reasons(messages) == [("slack:#billing-alerts", "first")]
    assert "Nobody is on call: escalation billing" in str(messages[0].message.parts)
    await world.close()


async def test_condition_that_ended_resolves(database_url: str) -> None:
    """Somebody is on call again after a reload, so the alert resolves within the hold."""
    world = World(database_url, EMPTY)
    await world.start()
    await run_checks(world, 2 * MINUTE)
    world.routes = ALWAYS
    assert await world.engine.reload() == ()
    messages = await run_checks(world, HOLD + 10 * MINUTE)
    own = [one for one in messages if one.incident]
    assert reasons(own) == [("slack:#billing-alerts", "resolved")]
    await world.close()


async def test_restart_keeps_a_lasting_condition_firing(database_url: str) -> None:
    """A gateway that was down for an hour reports the condition again: nothing has ended."""
    world = World(database_url, EMPTY)
    await world.start()
    await run_checks(world, MINUTE)
    await world.kill(world.engine)
    world.now += HOUR
    await world.start()
    messages = await run_checks(world, 10 * MINUTE)
    assert {one.reason for one in messages}.isdisjoint({"first", "new alerts", "resolved"})
    await world.close()


async def test_replicas_that_disagree_do_not_flap(database_url: str) -> None:
    """A condition that only one replica sees fires until that one is calm."""
    world = World(database_url)
    first = await world.start()
    await world.start()
    first.own_alerts.raise_condition(CALENDAR_FAILING, {"calendar": "billing"})
    assert [one.reason for one in await run_checks(world, 15 * MINUTE)] == ["first"]
    first.own_alerts.clear(CALENDAR_FAILING, {"calendar": "billing"})
    assert [one.reason for one in await run_checks(world, 15 * MINUTE)] == ["resolved"]
    await world.close()


async def test_condition_of_a_dead_replica_ends(database_url: str) -> None:
    """The replica that reported a condition is gone: the others end its alert."""
    world = World(database_url)
    first = await world.start()
    await world.start()
    first.own_alerts.raise_condition(CALENDAR_FAILING, {"calendar": "billing"})
    await run_checks(world, MINUTE)
    await world.kill(first)
    assert [one.reason for one in await run_checks(world, 15 * MINUTE)] == ["resolved"]
    await world.close()


async def test_broken_file_fires_until_it_is_mended(database_url: str) -> None:
    """A reload with errors is reported with where they are, and ends with the next good reload."""
    world = World(database_url)
    engine = await world.start()
    world.routes = ROUTES + "unknown: 1\n"
    assert await engine.reload() != ()
    (message,) = await run_checks(world, 5 * MINUTE)
    assert "routes.yaml was not loaded by replica-1" in str(message.message.parts)
    world.routes = ROUTES
    assert await engine.reload() == ()
    assert [one.reason for one in await run_checks(world, 10 * MINUTE)] == ["resolved"]
    await world.close()


async def test_check_without_news_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quiet round only reads."""
    writes: list[object] = []
    monkeypatch.setattr(world.engine.store, "write", writes.append)
    await world.engine.own_alerts.check_once()
    assert writes == []
