"""Reports of one alert that follow upon each other faster than the disk can take them."""

import asyncio

from gateway.flow.intake.intake import MAX_PER_TRANSACTION
from gateway.store.state import alerts
from tests.flow.world import MINUTE, START, World, alert


async def test_a_report_is_compared_with_those_that_still_wait(world: World) -> None:
    """Promise 1: fires, resolves and fires again while the first report is stored: the last counts.

    It says nothing new beside the first, which is all that is on disk when it comes.
    """
    engine = world.engine
    world.now = START + MINUTE

    def report(*, starts_at: float, ends_at: float | None = None) -> asyncio.Task[None]:
        reported = alert("PaymentFailures", "warning", starts_at=starts_at, ends_at=ends_at)
        return asyncio.ensure_future(engine.submit("alertmanager", [reported]))

    begun = report(starts_at=START)
    await asyncio.sleep(0)
    saving = asyncio.ensure_future(engine.intake.commit_waiting())
    await asyncio.sleep(0)
    over = report(starts_at=START, ends_at=START + 30.0)
    await saving
    again = report(starts_at=START + 40.0)
    await asyncio.sleep(0)
    while engine.intake.waiting:
        await engine.intake.commit_waiting()
    await asyncio.gather(begun, over, again)
    messages = await world.advance(2 * MINUTE)
    assert {one.kind for one in messages} == {"firing"}


async def test_what_begins_and_ends_while_it_waits_is_on_record(world: World) -> None:
    """Promise 2: both reports are saved in one transaction; its incident says what became of it,
    as if each had had its own."""
    engine = world.engine
    ends = (None, START)
    reported = [alert("PaymentFailures", "warning", starts_at=START, ends_at=end) for end in ends]
    posts = [asyncio.ensure_future(engine.submit("alertmanager", [one])) for one in reported]
    await asyncio.sleep(0)
    await engine.intake.commit_waiting()
    await asyncio.gather(*posts)
    assert await world.advance(2 * MINUTE) == []
    assert [entry.text for entry in await world.timeline()] == ["before the first notification"]


async def test_waits_count_from_when_an_alert_came(world: World) -> None:
    """Seconds of waiting for the database do not delay a notice: neither of a new group, nor of one
    that gets worse before its first notice."""
    engine, loop = world.engine, asyncio.get_running_loop()

    async def late(by: float, name: str, severity: str) -> float:
        task = loop.create_task(engine.submit("alertmanager", [alert(name, severity)]))
        await asyncio.sleep(0)
        came = world.now
        world.now += by
        await engine.intake.commit_waiting()
        await task
        return came

    came = await late(20.0, "Renewals", "warning")
    opened = await world.incident()
    assert (opened.opened_at, opened.due_at) == (came, came + 30.0)
    came = await late(5.0, "Renewals", "critical")
    assert (await world.incident()).due_at == came


async def test_a_large_report_takes_several_transactions(world: World) -> None:
    """Promises 1 and 9: 200 when all of it is saved, and a page waits for a part of it only."""
    engine = world.engine
    reported = [
        alert("Many", "warning", instance=str(n)) for n in range(2 * MAX_PER_TRANSACTION + 1)
    ]
    post = asyncio.ensure_future(engine.submit("alertmanager", reported))
    await asyncio.sleep(0)
    await engine.intake.commit_waiting()
    assert engine.intake.waiting == MAX_PER_TRANSACTION + 1
    assert not post.done()
    while engine.intake.waiting:
        await engine.intake.commit_waiting()
    await post
    stored = await engine.store.read(lambda tx: alerts.active_page(tx, world.now, "", 10_000))
    assert len(stored) == len(reported)
