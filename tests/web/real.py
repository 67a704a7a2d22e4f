"""A whole gateway in virtual time with its web application, for tests of pages and API."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

from gateway.web.app import build_app
from tests.flow.world import ENV, ROUTES, World
from tests.web.served import GuardedTestServer
from tests.web.world import settings

Client = TestClient[Any, Any]


@asynccontextmanager
async def served(
    folder: Path, routes: str = ROUTES, *, secrets: Mapping[str, str] = ENV, **env: str
) -> AsyncIterator[tuple[World, Client]]:
    """Yield the world and a client of its web.

    `secrets` are the variables that routes name; `env` are server settings without their prefix.
    """
    world = World(f"sqlite:///{folder}/gateway.db", routes, secrets)
    await world.start()
    server = GuardedTestServer(build_app(world.engine, settings(**env)))
    await server.start_server()
    try:
        async with TestClient(server) as client:
            yield world, client
    finally:
        await world.close()


def token(world: World, person: str = "ana", number: int = 1001, lifetime: float = 3600.0) -> str:
    """Return the token of an acknowledge link that expires after `lifetime` seconds."""
    link = world.engine.links.acknowledge(number, person, world.now + lifetime)
    return link.rpartition("/")[2]
