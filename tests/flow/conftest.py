"""Worlds on both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.flow.world import World


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world with one replica."""
    made = World(database_url)
    await made.start()
    yield made
    await made.close()
