"""Random days that keep the promises. A failing seed prints its events.

GATEWAY_TEST_SEEDS=100-200 runs these seeds instead of the usual few. Full runs try more.
"""

import os
from pathlib import Path

import pytest

from tests.examples import FULL
from tests.flow.world import ROUTES, World
from tests.simulation.personal_rules import (
    ENVIRONMENT,
    RULED,
    RULED_VARIANTS,
    each_contact_once_per_reason,
    quiet_hours_are_kept,
)
from tests.simulation.promises import broken_promises
from tests.simulation.random_days import IN_TURNS, ON_TICKS, VARIANTS, Simulation
from tests.simulation.verified import missing

EVENTS = 40 if FULL else 15
MOST_ROUNDS = 20_000
"""About five times as many as the busiest days need."""


def seeds() -> list[int]:
    """Return the seeds of this run."""
    first, _, last = os.environ.get("GATEWAY_TEST_SEEDS", "1-6" if FULL else "1-2").partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("seed", seeds())
async def test_random_day_on_sqlite_keeps_the_promises(seed: int, tmp_path: Path) -> None:
    """Promises 2, 3, 4, 13, 14: Hold with crashes, dead vendors and reloads."""
    await check(World(f"sqlite:///{tmp_path}/gateway.db"), seed)


@pytest.mark.parametrize("seed", seeds()[:1])
async def test_random_day_with_repeats_on_ticks_keeps_the_promises(
    seed: int, tmp_path: Path
) -> None:
    """The promises hold if everything except worse severity waits for a tick."""
    await check(World(f"sqlite:///{tmp_path}/gateway.db", ON_TICKS + ROUTES), seed)


@pytest.mark.parametrize("seed", seeds()[:1])
async def test_random_day_with_conditions_and_turns_keeps_the_promises(
    seed: int, tmp_path: Path
) -> None:
    """The promises hold with steps that are skipped, round robin and missed responses."""
    await check(World(f"sqlite:///{tmp_path}/gateway.db", IN_TURNS), seed)


@pytest.mark.parametrize("seed", seeds()[:2])
async def test_random_day_with_replicas_keeps_the_promises(
    seed: int, migrated_postgres_url: str
) -> None:
    """Promise 11: Two replicas that start and die send each notification once."""
    await check(World(migrated_postgres_url), seed)


@pytest.mark.parametrize("seed", seeds())
async def test_random_day_of_people_with_rules_keeps_the_promises(
    seed: int, tmp_path: Path
) -> None:
    """The promises hold with personal rules and quiet hours, which reloads change."""
    world = World(f"sqlite:///{tmp_path}/gateway.db", RULED, ENVIRONMENT)
    await check(world, seed, RULED_VARIANTS)


async def check(world: World, seed: int, variants: tuple[str, ...] = VARIANTS) -> None:
    """Play the day of a seed and fail with its events if a promise is broken."""
    await world.start()
    simulation = Simulation(world, seed, variants=variants)
    try:
        await simulation.play(EVENTS)
        broken = await broken_promises(simulation)
        broken += each_contact_once_per_reason(simulation)
        broken += await missing(world)
        if variants is RULED_VARIANTS:
            broken += quiet_hours_are_kept(simulation)
        if world.rounds > MOST_ROUNDS:
            broken.append(f"{world.rounds} evaluations: something is due again and again")
    finally:
        await world.close()
    if broken:
        events = "\n".join(simulation.events)
        pytest.fail(f"seed {seed}\n{events}\n\nbroken:\n" + "\n".join(broken), pytrace=False)
