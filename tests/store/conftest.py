"""A store on each of the two databases."""

import socket
from collections.abc import AsyncIterator

import pytest

from gateway.store import Store


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A started store."""
    store = Store(database_url)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
