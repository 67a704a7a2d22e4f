"""Heartbeat to an external monitor (E40), because the gateway cannot report its own death."""

import asyncio
import logging

import aiohttp

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.core.plan.accounts import Secret
from gateway.flow.engine import Engine

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two heartbeats."""

TIMEOUT = 10.0
"""Seconds that one heartbeat may take."""


async def run_heartbeat(engine: Engine, url: Secret, proxy: Secret | None = None) -> None:
    """Request `url` once a minute while every component is healthy."""
    client = HttpClient(1, proxy=proxy, total_timeout=TIMEOUT)
    try:
        while True:
            unhealthy = [health.component for health in engine.problems() if not health.ok]
            if unhealthy:
                log.warning("no heartbeat: %s not healthy", ", ".join(unhealthy))
            else:
                await _request(client, url)
            await asyncio.sleep(EVERY)
    finally:
        await client.close()


async def _request(client: HttpClient, url: Secret) -> None:
    try:
        async with client.session.get(url.reveal(), allow_redirects=False) as answer:
            if answer.status >= 300:
                log.warning("the heartbeat was answered %d", answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("the heartbeat did not arrive: %s", connection_failure(error).detail)
