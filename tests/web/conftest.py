"""Fixtures of the web's tests."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.web.served import GuardedTestServer
from tests.web.world import FakeEngine, app_for

Client = TestClient[Any, Any]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def client(engine: FakeEngine, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    """Return a client of the application with the fake engine behind it."""
    server = GuardedTestServer(app_for(engine))
    await server.start_server()
    return await aiohttp_client(server)
