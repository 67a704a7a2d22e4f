"""Minimal HTTP for measurements: clients that post prepared bytes, and a webhook receiver.

It uses bare protocols, so that the server is measured and not this side.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast


class Messages(asyncio.Protocol):
    """Splits a stream into HTTP messages, whose length must be given by Content-Length."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            if b"transfer-encoding" in head:
                raise ValueError("chunked messages are not understood here")
            _, separator, length = head.partition(b"content-length:")
            size = end + 4 + (int(length.split(b"\r\n", 1)[0]) if separator else 0)
            if len(self._buffer) < size:
                return
            body = bytes(self._buffer[end + 4 : size])
            del self._buffer[:size]
            self.message(head, body)

    def message(self, head: bytes, body: bytes) -> None:
        """Handle a complete message; `head` is in lower case."""
        raise NotImplementedError(type(self).__name__)


class Sink(Messages):
    """A webhook receiver: reports when each body arrives, and answers 200 at once."""

    def __init__(self, on_body: Callable[[float, bytes], None]) -> None:
        super().__init__()
        self._on_body = on_body

    def message(self, head: bytes, body: bytes) -> None:
        self._on_body(time.monotonic(), body)
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


class Poster(Messages):
    """Posts one request after the other on a kept connection; `next_request` gives the next."""

    def __init__(self, next_request: Callable[[], bytes | None]) -> None:
        super().__init__()
        self._next_request = next_request
        self._start = 0.0
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def go(self) -> None:
        """Post the next request, or be done."""
        request = self._next_request()
        if request is None:
            self._end(None)
            return
        self._start = time.monotonic()
        self.transport.write(request)

    def message(self, head: bytes, body: bytes) -> None:
        self.latencies.append(time.monotonic() - self._start)
        if head.startswith(b"http/1.1 200"):
            self.go()
        else:
            self._end(RuntimeError(f"refused: {head[:80]!r} {body[:200]!r}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the server hung up"))

    def _end(self, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
        self.transport.close()


async def connect(port: int, next_request: Callable[[], bytes | None]) -> Poster:
    """Return a connection that is ready to `go`."""
    loop = asyncio.get_running_loop()
    _, poster = await loop.create_connection(lambda: Poster(next_request), "127.0.0.1", port)
    return poster


async def post_all(
    port: int, connections: int, next_request: Callable[[], bytes | None]
) -> list[float]:
    """Post what `next_request` gives until it gives None; return the seconds each answer took.

    Raises RuntimeError if a request is not answered 200, OSError if there is no answer.
    """
    posters = [await connect(port, next_request) for _ in range(connections)]
    for poster in posters:
        poster.go()
    await asyncio.gather(*(poster.done for poster in posters))
    return [seconds for poster in posters for seconds in poster.latencies]
