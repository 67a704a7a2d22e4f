"""Answers of any length: short ones whole, long ones as they are made."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from aiohttp import web

from gateway.web.alertmanager_api.responses import NO_STORE
from gateway.web.http.errors import route_of

log = logging.getLogger(__name__)

WHOLE = 256 * 1024
"""Bytes up to which an answer is sent whole: with its length, and with 503 if it fails."""

WRITE_TIMEOUT = 60.0
"""Seconds in which a client must take what it is sent next."""

_HEAD = {"Content-Type": "application/json", **NO_STORE}


async def stream(
    request: web.Request, parts: AsyncGenerator[bytes, None], end: Callable[[], bytes]
) -> web.StreamResponse:
    """Send `parts` and then the `end`.

    What fails before the first byte was sent is raised. Later the connection is cut, so that no
    client takes a beginning for the whole.
    """
    async with aclosing(parts):
        kept: list[bytes] = []
        size = 0
        async for part in parts:
            kept.append(part)
            size += len(part)
            if size > WHOLE:
                break
        else:
            return web.Response(body=b"".join((*kept, end())), headers=_HEAD)
        response = web.StreamResponse(headers=_HEAD)
        await response.prepare(request)
        try:
            await _write(response, b"".join(kept))
            kept.clear()
            async for part in parts:
                await _write(response, part)
            await _write(response, end())
        except ConnectionError:
            return response  # the client had enough
        except Exception as error:
            log.warning("answer cut off: %r", error, extra={"route": route_of(request)})
            if request.transport is not None:
                request.transport.abort()
        return response


async def _write(response: web.StreamResponse, part: bytes) -> None:
    if part:
        async with asyncio.timeout(WRITE_TIMEOUT):
            await response.write(part)
