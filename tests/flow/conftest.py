"""Worlds on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A world with one replica."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/gateway.db"
    else:
        from gateway.store import migrate

        url = request.getfixturevalue("postgres_url")
        migrate(url)
    made = World(url)
    await made.start()
    yield made
    await made.close()
