"""Streamed answers: slow readers are cut off, and abandoned work ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.web.alertmanager_api import streaming
from gateway.web.alertmanager_api.streaming import stream

MEGABYTE = b"x" * 1024 * 1024
MANY = 64
"""Megabytes, more than sockets hold between two processes."""


class Parts:
    """An answer that counts its parts and records that it was closed."""

    def __init__(self) -> None:
        self.yielded = 0
        self.closed = asyncio.Event()

    async def all(self) -> AsyncGenerator[bytes, None]:
        try:
            while self.yielded < MANY:
                self.yielded += 1
                yield MEGABYTE
        finally:
            self.closed.set()


async def request_parts(
    parts: Parts,
) -> tuple[TestServer, asyncio.StreamReader, asyncio.StreamWriter]:
    """Start a server of the answer, and return it with a connection that requested it."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return await stream(request, parts.all(), lambda: b"]")

    app = web.Application()
    app.router.add_get("/", handler)
    server = TestServer(app)
    await server.start_server()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
    return server, reader, writer


async def last_bytes(reader: asyncio.StreamReader) -> bytes:
    """Return the last bytes that still arrive."""
    last = b""
    with suppress(ConnectionError):
        while data := await reader.read(len(MEGABYTE)):
            last = (last + data)[-16:]
    return last


async def test_client_that_stops_reading_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that stops reading is cut off, because it would hold its memory forever."""
    monkeypatch.setattr(streaming, "WRITE_TIMEOUT", 0.05)
    parts = Parts()
    server, reader, writer = await request_parts(parts)
    async with asyncio.timeout(30):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await parts.closed.wait()
    assert parts.yielded < MANY
    assert not (await last_bytes(reader)).endswith(b"0\r\n\r\n")
    writer.close()
    await server.close()


async def test_disconnected_client_ends_the_work(caplog: pytest.LogCaptureFixture) -> None:
    """After a disconnect nothing more is read, and no error is logged."""
    parts = Parts()
    server, reader, writer = await request_parts(parts)
    async with asyncio.timeout(30):
        await reader.readline()
        writer.transport.abort()
        await parts.closed.wait()
    assert parts.yielded < MANY
    assert [record.levelname for record in caplog.records if record.levelno >= 40] == []
    await server.close()
