"""Request bodies: uncompressed, within a limit of size and time."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from gateway.web.http.errors import RequestError

BODY_TIMEOUT = 60.0
"""Seconds in which a body must arrive. A stalled sender holds its part of the memory until then."""


def expect_json(request: web.Request) -> None:
    """Raise RequestError (415) unless the head announces plain JSON; nothing is read.

    Alertmanager's API does the same. Compressed bodies are refused too: nothing in the head bounds
    the size after unpacking.
    """
    if request.content_type != "application/json":
        content_type = "missing" if "Content-Type" not in request.headers else request.content_type
        raise RequestError(
            415,
            "the content type must be application/json",
            [{"field": "Content-Type", "message": content_type[:100]}],
            {"Accept": "application/json"},
        )
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise RequestError(
            415,
            "compressed bodies are not accepted",
            [{"field": "Content-Encoding", "message": "send the body without it"}],
            {"Accept-Encoding": "identity"},
        )


async def read_body(request: web.Request, limit: int) -> bytes:
    """Return the whole body. Raise RequestError (413) beyond `limit` bytes."""
    content = request.content
    if content.is_eof():  # the whole body came with the head
        body = content.read_nowait()
        if len(body) > limit:
            raise _too_large(limit)
        return body
    chunks: list[bytes] = []
    await receive(request, limit, chunks.append)
    return b"".join(chunks)


async def receive(request: web.Request, limit: int, consume: Callable[[bytes], None]) -> None:
    """Pass the body to `consume` in chunks as it arrives.

    Raise RequestError (413) beyond `limit` bytes, and (408) after BODY_TIMEOUT seconds. An
    exception of `consume` ends the reading.
    """
    length = request.content_length
    if length is not None and length > limit:
        raise _too_large(limit)
    size = 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                consume(chunk)
    except TimeoutError:
        raise RequestError(408, f"the body did not arrive within {BODY_TIMEOUT:.0f} s") from None


def _too_large(limit: int) -> RequestError:
    return RequestError(
        413,
        f"the body is too large: at most {limit} bytes here",
        [{"field": "", "message": "send fewer alerts at once, or raise max_bytes of the source"}],
    )
