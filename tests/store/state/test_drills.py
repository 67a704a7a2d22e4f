"""Stored runs of drills: every field, and one run for a slot, whichever replica begins it."""

import asyncio
from dataclasses import replace
from functools import partial

from gateway.core.drills.run import DrillFacts, DrillRun, DrillState, MessageFacts
from gateway.store import Store
from gateway.store.state import drills

MESSAGE = MessageFacts("SMS ana", "sms", 101.0, 102.0, 103.0, expects_receipt=True)
FACTS = DrillFacts(1001, (MESSAGE,), 104.5, "ana")


async def begin(store: Store, slot: float | None, drill: str = "weekly") -> DrillRun | None:
    """Begin a run as the schedule does."""
    work = partial(drills.begin, drill=drill, slot=slot, by="the schedule", now=100.0)
    return await store.write(work)


async def end(store: Store, run: DrillRun) -> DrillRun:
    """Store that a run is over."""
    ended = replace(
        run, state=DrillState.ARRIVED, ended_at=105.0, text="fine", facts=FACTS, closed=True
    )
    await store.write(partial(drills.save, run=ended))
    return ended


async def test_runs_are_read_as_they_were_saved(store: Store) -> None:
    """Every field comes back, the last run first; one that is over is not gone on with."""
    run = await begin(store, 60.0)
    assert run is not None
    assert await store.read(drills.unfinished) == [run]
    ended = await end(store, run)
    assert await store.read(drills.unfinished) == []
    again = await begin(store, None)
    assert await store.read(partial(drills.latest, drill="weekly", limit=9)) == [again, ended]


async def test_two_replicas_begin_a_slot_once(store: Store, database_url: str) -> None:
    """At the same moment, and when the first run is over."""
    other = Store(database_url)
    await other.start()
    try:
        begun = await asyncio.gather(*(begin(one, 60.0) for one in (store, other) * 4))
        (run,) = [one for one in begun if one is not None]
        await end(store, run)
        assert await begin(other, 60.0) is None
        assert await begin(other, 3660.0) is not None
    finally:
        await other.close()
