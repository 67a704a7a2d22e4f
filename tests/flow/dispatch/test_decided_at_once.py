"""What is due as soon as it is taken in is decided in the same transaction as its alerts."""

from typing import Any

import pytest

from gateway.flow.dispatch import dispatch
from gateway.flow.dispatch.dispatch import AT_ONCE
from gateway.store import StoreUnavailableError, Tx
from tests.flow.world import World, alert
from tests.store.reads import open_incidents


@pytest.fixture
async def settled(world: World) -> World:
    """A world whose alerts are known to be grouped by the routes in force."""
    await world.settle()
    return world


async def notified(world: World) -> list[int]:
    """The incidents that were decided and notified."""
    read = [await world.incident(number) for number in range(1001, 1001 + await opened(world))]
    return [incident.number for incident in read if incident.notified_at is not None]


async def opened(world: World) -> int:
    def count(tx: Tx) -> int:
        return len(open_incidents(tx))

    return await world.engine.store.read(count)


async def test_a_critical_alert_is_decided_with_its_commit(settled: World) -> None:
    """Nobody waits for a second commit; the group that has to wait is decided in its time."""
    await settled.post(alert("One"), alert("Two", "warning"))
    assert await notified(settled) == [1001]
    messages = await settled.advance(60.0)
    assert {(d.incident, d.at) for d in messages} == {(1001, 0.0), (1002, 30.0)}


async def test_one_message_to_each(settled: World) -> None:
    """Promise 3: what intake decided is decided by nobody else."""
    await settled.post(alert("One"))
    messages = await settled.advance(60.0)
    assert len(messages) == len({d.to for d in messages})


async def test_few_are_decided_so(settled: World) -> None:
    """Those who wait for an answer wait for a few decisions at the most; the rest follows."""
    await settled.post(*(alert(f"Wave{n}") for n in range(AT_ONCE + 5)))
    assert len(await notified(settled)) == AT_ONCE
    await settled.advance(1.0)
    assert len(await notified(settled)) == AT_ONCE + 5


async def test_the_most_urgent_are_decided_so(settled: World) -> None:
    """Promise 9: also when more lesser alerts come with them."""
    settled.routes = settled.routes.replace(
        "warning: {rank: 2,", "warning: {rank: 2, group_wait: 0s,"
    )
    await settled.engine.reload()
    lesser = [alert(f"Wave{n}", "warning") for n in range(2 * AT_ONCE)]
    await settled.post(*lesser, alert("Last"))
    assert await notified(settled) == [1001 + 2 * AT_ONCE]


async def test_not_before_the_alerts_are_grouped_by_these_routes(world: World) -> None:
    """After a start with other routes, and through a reload."""
    await world.post(alert("One"))
    assert await notified(world) == []
    assert {d.incident for d in await world.advance(1.0)} == {1001}


async def test_a_fault_in_deciding_costs_no_alert_its_answer(
    settled: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 1: it is answered and kept; then dispatch decides it."""
    healthy = dispatch.save_decisions

    def fails(*args: Any) -> Any:
        healthy(*args)
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(dispatch, "save_decisions", fails)
    await settled.post(alert("One"))
    assert "could not be decided" in caplog.text
    assert await opened(settled) == 1
    assert await notified(settled) == []
    monkeypatch.undo()
    assert {d.incident for d in await settled.advance(1.0)} == {1001}


async def test_trouble_of_the_database_in_deciding_keeps_no_alert_away(
    settled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 1: a client that sends again after such a 503 gets its alerts stored."""

    def fails(*args: Any) -> Any:
        raise StoreUnavailableError("the database took too long")

    monkeypatch.setattr(dispatch, "save_decisions", fails)
    with pytest.raises(StoreUnavailableError):
        await settled.post(alert("One"))
    await settled.post(alert("One"))
    monkeypatch.undo()
    assert {d.incident for d in await settled.advance(1.0)} == {1001}
