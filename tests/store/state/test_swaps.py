"""Stored swaps: every field, their answers, and the version that refuses a second answer."""

from dataclasses import replace

from gateway.core.actor import stated_actor, verified_person
from gateway.core.oncall.swaps import Swap, SwapAnswer, SwapState
from gateway.core.time.spans import Span
from gateway.store import Store
from gateway.store.state import plan_version, swaps

ANA = stated_actor("ana", "cli")
BOTH = Swap("billing", "ana", "ben", Span(100.0, 200.0), Span(300.0, 400.0), ANA, "dentist", 50.0)
ONE = Swap("billing", "ana", "cho", Span(100.0, 150.0), None, ANA, "", 60.0)


async def test_swaps_are_read_as_they_were_added(store: Store) -> None:
    """Every field comes back, also of a swap without anything in return."""
    both = await store.write(lambda tx: swaps.add(tx, BOTH))
    one = await store.write(lambda tx: swaps.add(tx, ONE))
    assert (both, one) == (replace(BOTH, id=1), replace(ONE, id=2))
    assert await store.read(lambda tx: swaps.get(tx, 1)) == both
    assert await store.read(lambda tx: swaps.get(tx, 9)) is None


async def test_answer_is_stored_and_raises_the_version(store: Store) -> None:
    """A decision by an older version is made again, so of two answers one is refused."""
    swap = await store.write(lambda tx: swaps.add(tx, BOTH))
    before = await store.read(plan_version.read)
    answer = SwapAnswer(verified_person("ben", "link"), 70.0)
    answered = replace(swap, state=SwapState.ACCEPTED, answer=answer)
    await store.write(lambda tx: swaps.save(tx, answered))
    assert await store.read(lambda tx: swaps.get(tx, 1)) == answered
    assert await store.read(plan_version.read) == before + 1


async def test_swaps_are_listed_until_their_last_shift_is_over(store: Store) -> None:
    """The end of what is taken in return counts, where there is anything."""
    await store.write(lambda tx: swaps.add(tx, BOTH))
    await store.write(lambda tx: swaps.add(tx, ONE))
    assert len(await store.read(lambda tx: swaps.ending_after(tx, 120.0))) == 2
    assert [one.id for one in await store.read(lambda tx: swaps.ending_after(tx, 350.0))] == [1]
