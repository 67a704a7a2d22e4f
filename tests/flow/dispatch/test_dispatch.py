"""Deciding what is due: one incident's trouble is its own, and the urgent is decided first."""

import asyncio
import threading

import pytest

from gateway.core.decide import decide as core
from gateway.core.decide.result import Decision
from gateway.core.incidents.incident import Incident
from gateway.flow.dispatch import dispatch
from tests.flow.world import HOUR, MINUTE, World, alert


async def test_one_that_cannot_be_decided_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in one incident: the others notify, its timeline says so once, and it is
    tried again."""
    healthy, ill = core.decide, {1001}

    def decide(incident: Incident, *rest: object) -> Decision:
        if incident.number in ill:
            raise IndexError("a fault")
        return healthy(incident, *rest)  # type: ignore[arg-type]  # the rest is passed on as it is

    monkeypatch.setattr(dispatch, "decide", decide)
    await world.post(alert("One"), alert("Two"))
    assert {d.incident for d in await world.advance(HOUR / 2)} == {1002}
    kinds = [entry.kind for entry in await world.timeline(1001)]
    assert kinds.count("failed") == 1
    ill.clear()
    assert {d.incident for d in await world.advance(MINUTE)} >= {1001}


async def test_what_got_worse_is_urgent_again(world: World) -> None:
    """Promise 9: a critical alert that joins an incident known as a warning is decided before
    three hundred warnings that are due as well."""
    await world.post(alert("Payments", "warning"))
    await world.advance(MINUTE)
    await world.post(*(alert(f"Renewals{n}", "warning") for n in range(300)))
    world.now += 31.0
    await world.post(alert("Payments", "critical"))
    await world.engine.dispatcher.dispatch_once()
    assert (await world.incident(1001)).rank == 1


async def test_what_falls_due_while_others_write(world: World) -> None:
    """Promise 9: the writer was busy when dispatch came for its turn, and something more urgent
    fell due meanwhile. It is decided in that turn, before what was due when dispatch came."""
    await world.post(*(alert(f"Renewals{n}", "info") for n in range(80)))
    world.now += 1.0
    await world.post(alert("Payments", "warning"))
    first, urgent = [(await world.incident(number)).due_at for number in (1001, 1081)]
    assert first is not None
    assert urgent is not None
    assert first < urgent
    assert (await world.engine.dispatcher.dispatch_once()).decided == 0
    world.now = first
    free = threading.Event()
    loop = asyncio.get_running_loop()
    busy = loop.create_task(world.engine.store.write(lambda tx: free.wait()))
    deciding = loop.create_task(world.engine.dispatcher.dispatch_once())
    await asyncio.sleep(0)  # it waits for its turn
    world.now = urgent
    free.set()
    await asyncio.gather(busy, deciding)
    assert [d.incident.number for d in deciding.result().decisions] == [1081]


async def test_a_moment_before_something_urgent_only_a_few_are_decided(world: World) -> None:
    """Promise 9: what falls due within a moment finds no whole batch of lesser ones before it."""
    await world.post(*(alert(f"Renewals{n}", "info") for n in range(200)))
    world.now += 30.0
    await world.post(alert("Payments", "warning"))
    urgent = (await world.incident(1201)).due_at
    assert urgent is not None
    world.now = urgent - 2 * dispatch.SOON
    assert (await world.engine.dispatcher.dispatch_once()).decided == dispatch.BATCH
    world.now = urgent - dispatch.SOON / 2
    assert (await world.engine.dispatcher.dispatch_once()).decided == dispatch.FEW
    world.now = urgent
    assert [
        d.incident.number for d in (await world.engine.dispatcher.dispatch_once()).decisions
    ] == [1201]
    assert (await world.engine.dispatcher.dispatch_once()).decided == dispatch.BATCH
