"""Reading a request's body: only JSON, only uncompressed, and never more than allowed."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from gateway.web.http.errors import RequestError

BODY_TIMEOUT = 60.0
"""Seconds that a body may take: a sender that stalls must not hold memory for ever."""


def expect_json(request: web.Request) -> None:
    """Refuse (415) what does not say that it is plain JSON, before anything is read.

    Alertmanager's API does the same. Compressed bodies are refused too: what they unpack to is
    bounded by nothing the client says.
    """
    if request.content_type != "application/json":
        said = "missing" if "Content-Type" not in request.headers else request.content_type
        raise RequestError(
            415,
            "the content type must be application/json",
            [{"field": "Content-Type", "message": said[:100]}],
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
    """The whole body. Stops reading and refuses (413) beyond `limit` bytes."""
    content = request.content
    if content.is_eof():  # all of it came with the head: nothing to wait for
        body = content.read_nowait()
        if len(body) > limit:
            raise _too_large(limit)
        return body
    chunks: list[bytes] = []
    await receive(request, limit, chunks.append)
    return b"".join(chunks)


async def receive(request: web.Request, limit: int, take: Callable[[bytes], None]) -> None:
    """Hand the body to `take` as it arrives. What `take` raises ends it.

    Refuses (413) beyond `limit` bytes, and (408) after SLOWEST seconds.
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
                take(chunk)
    except TimeoutError:
        raise RequestError(408, f"the body did not arrive within {BODY_TIMEOUT:.0f} s") from None


def _too_large(limit: int) -> RequestError:
    return RequestError(
        413,
        f"the body is too large: at most {limit} bytes here",
        [{"field": "", "message": "send fewer alerts at once, or raise max_bytes of the source"}],
    )
