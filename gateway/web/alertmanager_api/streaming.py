"""Answers of any length: short ones whole, long ones as a stream."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from aiohttp import web

from gateway.web.alertmanager_api.responses import NO_STORE
from gateway.web.http.errors import route_of

log = logging.getLogger(__name__)

WHOLE = 256 * 1024
"""Bytes up to which an answer is sent whole: with its length, or 503 if it fails."""

WRITE_TIMEOUT = 60.0
"""Seconds in which a client must receive the next chunk."""

_HEAD = {"Content-Type": "application/json", **NO_STORE}


async def stream(
    request: web.Request, parts: AsyncGenerator[bytes, None], end: Callable[[], bytes]
) -> web.StreamResponse:
    """Send `parts` and then the result of `end`.

    Raise what fails before the first byte is sent. Later the connection is closed instead, so that
    no client treats a truncated answer as complete.
    """
    async with aclosing(parts):
        buffered: list[bytes] = []
        size = 0
        async for part in parts:
            buffered.append(part)
            size += len(part)
            if size > WHOLE:
                break
        else:
            return web.Response(body=b"".join((*buffered, end())), headers=_HEAD)
        response = web.StreamResponse(headers=_HEAD)
        await response.prepare(request)
        try:
            await _write(response, b"".join(buffered))
            buffered.clear()
            async for part in parts:
                await _write(response, part)
            await _write(response, end())
        except ConnectionError:
            return response  # the client closed the connection
        except Exception as error:
            log.warning("answer cut off: %r", error, extra={"route": route_of(request)})
            if request.transport is not None:
                request.transport.abort()
        return response


async def _write(response: web.StreamResponse, part: bytes) -> None:
    if part:
        async with asyncio.timeout(WRITE_TIMEOUT):
            await response.write(part)
