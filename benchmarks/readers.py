"""Clients that read alerts over HTTP and count them, without storing them."""

import asyncio
import time
from typing import cast

MARK = b'"fingerprint"'
"""Occurs once in each alert."""


class Reader(asyncio.Protocol):
    """Reads one answer to its end.

    It asks in HTTP/1.0, so the body comes as it is, with no frames that could cut a mark in two.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._start = time.monotonic()
        self._tail = b""
        self.status = 0
        self.alerts = 0
        self.first = 0.0  # seconds until the first byte, and until the last
        self.duration = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        request = f"GET {self._path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
        cast(asyncio.Transport, transport).write(request.encode())

    def data_received(self, data: bytes) -> None:
        if not self.status:
            self.status = int(data.split(b" ", 2)[1])
            self.first = time.monotonic() - self._start
        data = self._tail + data
        self.alerts += data.count(MARK)
        self._tail = data[-len(MARK) + 1 :]

    def connection_lost(self, exc: Exception | None) -> None:
        self.duration = time.monotonic() - self._start
        if not self.done.done():
            self.done.set_result(None)


async def read(port: int, path: str, readers: int) -> list[Reader]:
    """Send the same request from so many clients at once; return when all have their answers."""
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(readers):
        _, reader = await loop.create_connection(lambda: Reader(path), "127.0.0.1", port)
        made.append(reader)
    await asyncio.gather(*(reader.done for reader in made))
    return made
