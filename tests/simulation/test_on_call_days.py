"""Random days of people on call that keep the promises. A failing seed prints its events.

GATEWAY_TEST_SEEDS=100-200 runs these seeds instead of the usual few. Full runs try more.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.flow.calendars import reading
from tests.examples import FULL
from tests.fakes.calendar import FakeCalendarServer
from tests.flow.world import MINUTE
from tests.simulation.on_call.days import OnCallDay
from tests.simulation.on_call.promises import broken_on_call_promises
from tests.simulation.on_call.world import OnCallWorld
from tests.simulation.personal_rules import each_contact_once_per_reason
from tests.simulation.promises import broken_promises
from tests.simulation.test_promises import seeds
from tests.simulation.verified import missing

EVENTS = 40 if FULL else 12


def on_call_seeds() -> list[int]:
    """Return the seeds of this run: a single one where none are named and few are tried."""
    return seeds() if FULL or "GATEWAY_TEST_SEEDS" in os.environ else [1]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeCalendarServer]:
    """Start a calendar's server, which is asked less often than usual while it is broken."""
    monkeypatch.setattr(reading, "RETRY", 20 * MINUTE)
    async with FakeCalendarServer() as fake:
        yield fake


@pytest.mark.parametrize("seed", on_call_seeds())
async def test_random_day_of_people_on_call_keeps_the_promises(
    seed: int, tmp_path: Path, server: FakeCalendarServer
) -> None:
    """Those on call are paged, changes are never lost, and each is announced; with crashes."""
    await check(OnCallWorld(f"sqlite:///{tmp_path}/gateway.db", server), seed)


@pytest.mark.parametrize("seed", on_call_seeds()[:2])
async def test_random_day_of_people_on_call_with_replicas_keeps_the_promises(
    seed: int, migrated_postgres_url: str, server: FakeCalendarServer
) -> None:
    """Promise 11: What one replica stores is obeyed by the other, which may die at any time."""
    await check(OnCallWorld(migrated_postgres_url, server), seed)


async def check(world: OnCallWorld, seed: int) -> None:
    """Play the day of a seed and fail with its events if a promise is broken."""
    day = OnCallDay(world, seed)
    try:
        await day.begin()
        await day.play(EVENTS)
        broken = await broken_promises(day)
        broken += each_contact_once_per_reason(day)
        broken += await broken_on_call_promises(day)
        broken += await missing(world)
    finally:
        await world.close()
    if broken:
        events = "\n".join(day.events)
        pytest.fail(f"seed {seed}\n{events}\n\nbroken:\n" + "\n".join(broken), pytrace=False)
