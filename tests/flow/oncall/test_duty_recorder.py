"""The recorder of duty in a whole gateway: handovers, reloads, replicas, restarts."""

import asyncio
from contextlib import suppress

from gateway.core.oncall.history import DutyChange, DutyRecord
from gateway.flow.oncall.duty_recorder import DutyRecorder
from gateway.store.state import duty
from tests.flow.world import DAY, ROUTES, START, World

HANDOVER = 1_795_420_800.0  # 2026-11-23T08:00:00Z
ROTATING = ROUTES.replace("members: [ana]", "members: [ana, ben]")
OVERRIDE = "overrides: [{person: ana, from: 2026-11-01, to: 2026-12-01}]"
TAKEN_OVER = ROTATING.replace("start: 2026-01-05}]", "start: 2026-01-05}]\n    " + OVERRIDE)


async def records(world: World, rota: str = "billing") -> list[DutyRecord]:
    """Return all records of a rota."""
    history = await world.engine.store.read(lambda tx: duty.history(tx, rota, 0.0, 2e9))
    return list(history.records)


def lines(saved: list[DutyRecord]) -> list[tuple[str, float, float | None]]:
    """Return records as people, start and end, in seconds since the start of the world."""
    return [
        (
            "+".join(one.people),
            one.started_at - START,
            None if one.ended_at is None else one.ended_at - START,
        )
        for one in saved
    ]


async def rotating(url: str, routes: str = ROTATING) -> World:
    world = World(url, routes)
    await world.start()
    return world


async def test_handover_is_recorded_at_its_instant(database_url: str) -> None:
    """The record of a shift ends and the next one begins exactly at the handover."""
    world = await rotating(database_url)
    await world.advance(7 * DAY)
    first, second = await records(world)
    assert first.started_at == START
    assert first.ended_at == second.started_at == HANDOVER
    assert first.people != second.people
    assert second.planned_end == HANDOVER + 7 * DAY
    await world.close()


async def test_reload_with_an_override_ends_the_shift_at_the_reload(database_url: str) -> None:
    """The people on call before a reload stay recorded, and the others begin with it."""
    world = await rotating(database_url)
    await world.advance(DAY)
    world.routes = TAKEN_OVER
    assert await world.engine.reload() == ()
    await world.advance(DAY)
    before, after = await records(world)
    assert before.ended_at == after.started_at == START + DAY
    assert {before.people, after.people} == {("ana",), ("ben",)}
    await world.close()


async def test_two_replicas_record_each_change_once(database_url: str) -> None:
    """Replicas that wake at the same handover leave one record of it."""
    world = await rotating(database_url)
    await world.start()
    await world.advance(15 * DAY)
    assert len(await records(world)) == 3
    await world.close()


async def test_restart_after_a_missed_handover_fills_the_gap_and_marks_it(
    database_url: str,
) -> None:
    """A gateway that was down over a handover records it at its instant, as reconstructed."""
    world = await rotating(database_url)
    await world.advance(DAY)
    await world.kill(world.engine)
    world.now = HANDOVER + DAY
    await world.start()
    await world.advance(1.0)
    first, second = await records(world)
    assert first.ended_at == second.started_at == HANDOVER
    assert (first.reconstructed, second.reconstructed) == (False, True)
    await world.close()


async def test_removed_rota_is_recorded_as_ended(database_url: str) -> None:
    """After a reload without the rota nobody is recorded as on call in it."""
    world = await rotating(database_url)
    await world.advance(DAY)
    world.routes = ROTATING.replace("  billing:\n    timezone", "  other:\n    timezone").replace(
        "rota:billing", "rota:other"
    )
    assert await world.engine.reload() == ()
    await world.advance(DAY)
    assert [one.ended_at for one in await records(world)] == [START + DAY]
    assert [one.ended_at for one in await records(world, "other")] == [None]
    await world.close()


async def test_change_is_passed_on_in_its_transaction_once(world: World) -> None:
    """What follows from a change of duty is stored with the record or not at all."""
    changes: list[DutyChange] = []

    def fail_once(tx: object, update: object, now: float) -> None:
        if not changes:
            changes.append(DutyChange("none", 0.0, None, ()))
            raise RuntimeError("nothing that follows could be stored")
        changes.extend(update)  # type: ignore[arg-type]

    engine = world.engine
    recorder = DutyRecorder(engine.store, lambda: engine.plan, engine.now, fail_once)
    with suppress(RuntimeError):
        await recorder.record_once()
    assert await records(world) == []
    for _ in range(3):
        await recorder.record_once()
    assert [(one.rota, one.before, one.people) for one in changes[1:]] == [
        ("billing", None, ("ana",))
    ]


async def test_running_loop_records_and_wakes_on_request(world: World) -> None:
    """The loop records at its start, and again when it is woken."""
    rounds: list[float] = []
    second = asyncio.Event()

    def done() -> None:
        rounds.append(world.now)
        if len(rounds) == 1:
            world.engine.duty.wake()
        else:
            second.set()

    task = asyncio.get_running_loop().create_task(world.engine.duty.run(done))
    await asyncio.wait_for(second.wait(), 5.0)
    task.cancel()
    assert lines(await records(world)) == [("ana", 0.0, None)]
