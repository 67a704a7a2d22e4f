"""A sign of life to a watcher outside (E40): who watches the gateway must not be the gateway."""

import asyncio
import logging

import aiohttp

from gateway.core.settings import Secret
from gateway.flow.engine import Engine

log = logging.getLogger(__name__)

EVERY = 60.0


async def beat(engine: Engine, url: Secret, proxy: Secret | None = None) -> None:
    """Request `url` once a minute while every component is well; keep silent while one is not."""
    through = None if proxy is None else proxy.reveal()
    timeout = aiohttp.ClientTimeout(total=10.0)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            ill = [health.component for health in engine.problems() if not health.ok]
            if ill:
                log.warning("no heartbeat: %s not well", ", ".join(ill))
            else:
                try:
                    async with session.get(
                        url.reveal(), proxy=through, allow_redirects=False
                    ) as answer:
                        if answer.status >= 300:
                            log.warning("the heartbeat was answered %d", answer.status)
                except (aiohttp.ClientError, TimeoutError) as error:
                    log.warning("the heartbeat did not arrive: %s", type(error).__name__)
            await asyncio.sleep(EVERY)
