"""A store on each of the two databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store import Store, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database with the newest tables and nothing in them."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/gateway.db"
    else:
        url = str(request.getfixturevalue("postgres_url"))
    migrate(url)
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A started store."""
    store = Store(database_url)
    await store.start()
    yield store
    await store.close()
