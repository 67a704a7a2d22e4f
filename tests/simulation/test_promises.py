"""Random lives keep the promises. A failing seed prints its story.

GATEWAY_TEST_SEEDS=100-200 runs other seeds than the few of every day. Full runs try more of them.
"""

import os
from pathlib import Path

import pytest

from tests.examples import FULL
from tests.flow.world import ROUTES, World
from tests.simulation.life import ON_TICKS, Life
from tests.simulation.promises import broken_promises

EVENTS = 40 if FULL else 15
MOST_ROUNDS = 20_000
"""About five times as many as the busiest lives need."""


def seeds() -> list[int]:
    first, _, last = os.environ.get("GATEWAY_TEST_SEEDS", "1-6" if FULL else "1-2").partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("seed", seeds())
async def test_a_life_with_one_database_file(seed: int, tmp_path: Path) -> None:
    """Promises 2, 3, 4, 13, 14 with crashes, dead vendors and reloads."""
    await check(World(f"sqlite:///{tmp_path}/gateway.db"), seed)


@pytest.mark.parametrize("seed", seeds()[:1])
async def test_a_life_with_repeats_on_the_group_interval(seed: int, tmp_path: Path) -> None:
    """The same where all but worse severity waits for a tick."""
    await check(World(f"sqlite:///{tmp_path}/gateway.db", ON_TICKS + ROUTES), seed)


@pytest.mark.parametrize("seed", seeds()[:2])
async def test_a_life_with_replicas(seed: int, migrated_postgres_url: str) -> None:
    """Promise 11 as well: two replicas that come and go, one voice."""
    await check(World(migrated_postgres_url), seed)


async def check(world: World, seed: int) -> None:
    await world.start()
    life = Life(world, seed)
    try:
        await life.live(EVENTS)
        broken = await broken_promises(life)
        if world.rounds > MOST_ROUNDS:
            broken.append(f"{world.rounds} looks at what is due: something spins")
    finally:
        await world.close()
    if broken:
        story = "\n".join(life.story)
        pytest.fail(f"seed {seed}\n{story}\n\nbroken:\n" + "\n".join(broken), pytrace=False)
