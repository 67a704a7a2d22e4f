"""Random days of people who act on incidents. A failing seed prints its events.

GATEWAY_TEST_SEEDS=100-200 runs these seeds instead of the usual few. Full runs try more.
"""

from pathlib import Path

import pytest

from tests.examples import FULL
from tests.flow.world import World
from tests.simulation.acting import ActingDay, broken_promises_of_actions
from tests.simulation.personal_rules import each_contact_once_per_reason
from tests.simulation.test_on_call_days import on_call_seeds

EVENTS = 40 if FULL else 15


@pytest.mark.parametrize("seed", on_call_seeds())
async def test_random_day_of_people_who_act_keeps_the_promises(seed: int, tmp_path: Path) -> None:
    """Promise 14: All actions, vendors that are down and crashes leave one state, and ends."""
    await check(World(f"sqlite:///{tmp_path}/gateway.db"), seed)


@pytest.mark.parametrize("seed", on_call_seeds()[:2])
async def test_random_day_of_people_who_act_with_replicas_keeps_the_promises(
    seed: int, migrated_postgres_url: str
) -> None:
    """Promise 11: An action taken on one replica holds on the other."""
    await check(World(migrated_postgres_url), seed)


async def check(world: World, seed: int) -> None:
    """Play the day of a seed and fail with its events if a promise is broken."""
    await world.start()
    day = ActingDay(world, seed)
    try:
        await day.play(EVENTS)
        broken = await broken_promises_of_actions(day)
        broken += each_contact_once_per_reason(day)
    finally:
        await world.close()
    if broken:
        events = "\n".join(day.events)
        pytest.fail(f"seed {seed}\n{events}\n\nbroken:\n" + "\n".join(broken), pytrace=False)
