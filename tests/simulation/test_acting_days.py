"""Random days of people who act on incidents. A failing seed prints its events.

GATEWAY_TEST_SEEDS=100-200 runs these seeds instead of the usual few. Full runs try more.
"""

from pathlib import Path

import pytest

from tests.examples import FULL
from tests.simulation.acting.day import ActingDay
from tests.simulation.acting.promises import broken_promises_of_actions
from tests.simulation.acting.world import ACTING_VARIANTS, ActingWorld
from tests.simulation.personal_rules import each_contact_once_per_reason
from tests.simulation.test_on_call_days import on_call_seeds
from tests.simulation.verified import missing

EVENTS = 25 if FULL else 10
FEWEST = 20
"""Ways in with an action that a day performs at least. The quietest of fourteen had 27."""


@pytest.mark.parametrize("seed", on_call_seeds())
async def test_random_day_of_people_who_act_keeps_the_promises(seed: int, tmp_path: Path) -> None:
    """Promise 14: All actions, vendors that are down and crashes leave one state, and ends."""
    await check(ActingWorld(f"sqlite:///{tmp_path}/gateway.db"), seed)


@pytest.mark.parametrize("seed", on_call_seeds()[:1])
async def test_random_day_of_people_who_act_with_replicas_keeps_the_promises(
    seed: int, migrated_postgres_url: str
) -> None:
    """Promise 11: An action taken on one replica holds on the other."""
    await check(ActingWorld(migrated_postgres_url), seed)


async def check(world: ActingWorld, seed: int) -> None:
    """Play the day of a seed and fail with its events if a promise is broken."""
    await world.start()
    day = ActingDay(world, seed, variants=ACTING_VARIANTS)
    try:
        await day.play(EVENTS)
        broken = await broken_promises_of_actions(day)
        broken += each_contact_once_per_reason(day)
        broken += await missing(world)
        broken += [f"{name} was never performed" for name in sorted(day.missing())]
        broken += [f"nothing was performed by {means}" for means in sorted(day.unused())]
        if len(day.performed) < FEWEST:
            broken.append(f"only {len(day.performed)} pairs of a means and an action")
    finally:
        await world.close()
    if broken:
        events = "\n".join(day.events)
        pytest.fail(f"seed {seed}\n{events}\n\nbroken:\n" + "\n".join(broken), pytrace=False)
