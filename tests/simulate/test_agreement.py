"""The player and the engine decide the same: a random day, recorded and played, sends the same."""

from pathlib import Path

import pytest

from gateway.core.time.spans import Span
from gateway.simulate.player import Player
from tests.flow.world import ENV, HOUR, START, World
from tests.simulate.days import live, played_by, recorded, sent_by
from tests.simulation.personal_rules import ENVIRONMENT, RULED_VARIANTS
from tests.simulation.random_days import VARIANTS

STEPS = 40


async def _agree(world: World, seed: int) -> None:
    await live(world, seed, STEPS)
    end = world.now
    await world.advance(HOUR)
    recording = await recorded(world, Span(START, end))
    sent = sent_by(world, end)
    assert len(sent) > 50
    assert played_by(Player(world.load().plan, recording), end) == sent


async def test_day_that_is_played_again_sends_what_the_gateway_sent(world: World) -> None:
    """A simulation of a file against the past that it had shows what happened."""
    await _agree(world, 1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("personal", [False, True])
async def test_days_of_many_files_agree(seed: int, sqlite_path: Path, *, personal: bool) -> None:
    """Groups, steps by severity, round robin, personal rules and quiet hours are those of then."""
    routes = (RULED_VARIANTS if personal else VARIANTS)[seed % 3]
    world = World(f"sqlite:///{sqlite_path}", routes, ENVIRONMENT if personal else ENV)
    await world.start()
    await _agree(world, seed)
    await world.close()
