"""Stored turns of round robin."""

from gateway.core.plan.round_robin import Turn
from gateway.store import Store
from gateway.store.state import round_robin

STEP, OTHER = "billing\nmembers:billing", "x" * 5000


async def test_turns_are_read_in_the_order_of_the_latest_turn(store: Store) -> None:
    """The latest turn is last; steps are kept apart, however long their keys are."""
    turns = {STEP: ["ana", "ben"], OTHER: ["cho"]}
    taken = [Turn(STEP, "ana"), Turn(STEP, "ben"), Turn(OTHER, "cho")]
    await store.write(lambda tx: round_robin.save(tx, taken, turns))
    assert await store.read(lambda tx: round_robin.turns(tx, [STEP, OTHER])) == turns
    again = {STEP: ["ben", "ana"]}
    await store.write(lambda tx: round_robin.save(tx, [Turn(STEP, "ana")], again))
    assert await store.read(lambda tx: round_robin.turns(tx, [STEP])) == again


async def test_step_without_turns_has_nobody(store: Store) -> None:
    """A new step begins with the first of its people."""
    assert await store.read(lambda tx: round_robin.turns(tx, [STEP])) == {STEP: []}
