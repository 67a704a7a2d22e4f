"""A whole gateway in virtual time, on each database."""

from collections.abc import AsyncIterator

import pytest

from tests.flow.world import World


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Return one replica on a migrated database."""
    made = World(database_url)
    await made.start()
    yield made
    await made.close()
