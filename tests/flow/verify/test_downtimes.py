"""Downtimes: what waited for a gateway that did not run is not late."""

from functools import partial

from gateway.core.time.spans import Span
from gateway.core.verify.downtime import SHORTEST, lateness
from gateway.store.state import downtimes
from tests.flow.verify.histories import verified
from tests.flow.world import HOUR, MINUTE, START, World, alert


async def work(world: World) -> None:
    """Do what a running gateway does every two seconds."""
    await world.engine.store.write(partial(downtimes.record_work, now=world.now))


async def test_decision_after_a_restart_is_not_late(world: World) -> None:
    """The group wait ended while no gateway ran; the downtime is stored and stated."""
    await work(world)
    await world.post(alert("SlowRenewals", "warning", starts_at=world.now))
    world.now += HOUR  # nothing runs
    late = await verified(world.engine.store, world.now)
    assert [one.check.value for one in late.broken] == ["not decided"]
    await work(world)
    await world.advance(MINUTE)
    result = await verified(world.engine.store, world.now)
    assert result.broken == ()
    assert result.downtimes == (Span(START, START + HOUR),)


async def test_short_pauses_are_no_downtimes(world: World) -> None:
    """A slow disk is not counted, and a clock that is behind ends no downtime."""
    for seconds in (0.0, 2.0, SHORTEST, -5.0, 2.0):
        world.now += seconds
        await work(world)
    assert await world.engine.store.read(partial(downtimes.between, start=0.0, end=2e9)) == []


def test_lateness_counts_only_the_time_in_which_a_gateway_worked() -> None:
    """Downtimes that overlap the wait are subtracted, others are not."""
    spans = [Span(0.0, 10.0), Span(20.0, 50.0), Span(200.0, 300.0)]
    assert lateness(5.0, 100.0, spans) == 95.0 - 5.0 - 30.0
    assert lateness(60.0, 70.0, spans) == 10.0
    assert lateness(100.0, 50.0, spans) == 0.0
