"""A thousand days in which `gateway verify` finds nothing missing.

A full run has ten seeds of a hundred days each; others have one of twenty days.
GATEWAY_TEST_SEEDS=100-200 runs these seeds.
"""

import os
from pathlib import Path

import pytest

from tests.examples import FULL
from tests.flow.world import ROUTES, World
from tests.simulation.personal_rules import ENVIRONMENT, RULED, RULED_VARIANTS
from tests.simulation.random_days import IN_TURNS, ON_TICKS, VARIANTS
from tests.simulation.verified_days import VerifiedDays

DAYS = 100 if FULL else 20
FLAPPING = "flapping: {times: 3, within: 6h, every: 30m, calm_after: 15m}\n"
WORLDS = (
    (ROUTES, VARIANTS),
    (IN_TURNS, VARIANTS),
    (RULED, RULED_VARIANTS),
    (ON_TICKS + ROUTES, VARIANTS),
    (FLAPPING + ROUTES, tuple(FLAPPING + one for one in VARIANTS)),
)
"""Routes, and what a reload may load: round robin, personal rules, ticks and flapping among it."""


def seeds() -> list[int]:
    """Return the seeds of this run."""
    text = os.environ.get("GATEWAY_TEST_SEEDS", "1-10" if FULL else "1-1")
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("seed", seeds())
async def test_verify_finds_nothing_missing_in_random_days(seed: int, tmp_path: Path) -> None:
    """No false alarm: silences, merges, snoozes, outages, dead vendors, reloads and retention."""
    routes, variants = WORLDS[seed % len(WORLDS)]
    await check(World(f"sqlite:///{tmp_path}/gateway.db", routes, ENVIRONMENT), seed, variants)


@pytest.mark.parametrize("seed", seeds()[:1])
async def test_verify_finds_nothing_missing_in_random_days_of_replicas(
    seed: int, migrated_postgres_url: str
) -> None:
    """The same on PostgreSQL with replicas that start and die."""
    await check(World(migrated_postgres_url), seed, VARIANTS, DAYS // 5)


async def check(world: World, seed: int, variants: tuple[str, ...], days: int = DAYS) -> None:
    """Let the days of a seed pass, and fail with the last events if something is missing."""
    await world.start()
    simulation = VerifiedDays(world, seed, variants=variants)
    try:
        broken = await simulation.live(days)
    finally:
        await world.close()
    if broken:
        events = "\n".join(simulation.events)
        pytest.fail(f"seed {seed}\n{events}\n\n" + "\n".join(broken), pytrace=False)
