"""Servers below HTTP: a proxy, and peers that never finish what they begin."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

DRIP = 0.01
"""Seconds between the bytes of a dripping answer: far less than any read timeout."""


class Raw:
    """A TCP server on 127.0.0.1 whose handler serves each connection until it is cancelled."""

    def __init__(self, handler: Handler | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler or silent
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.hung_up = asyncio.Event()
        """Set when a client has closed its connection."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """Its URL."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._handler(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            self.hung_up.set()
        except asyncio.CancelledError:
            pass  # at the end of the test; asyncio would log a cancelled handler
        finally:
            self._tasks.discard(task)
            writer.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept, read everything, and never answer."""
    while await reader.read(65536):
        pass
    raise ConnectionResetError


async def dripping_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 200, then an endless header."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    await drip(writer)


async def drip(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(DRIP)


class Proxy(Raw):
    """A real HTTP proxy: CONNECT tunnels, and requests with a whole URL are passed on."""

    def __init__(self, *, credentials: str = "", tls: ssl.SSLContext | None = None) -> None:
        """Require `credentials` as the value of Proxy-Authorization; empty requires none."""
        super().__init__(self._pass_on, tls)
        self._credentials = credentials
        self.request_lines: list[str] = []
        """The first line of each request."""

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        line, _, headers = head.partition("\r\n")
        self.request_lines.append(line)
        method, url, _ = line.split(" ")
        if self._credentials and f"Proxy-Authorization: {self._credentials}" not in headers:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        parts = urlsplit(f"//{url}" if method == "CONNECT" else url)
        assert parts.hostname is not None
        far, near = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                path = parts._replace(scheme="", netloc="").geturl() or "/"
                passed_on = [
                    one
                    for one in headers.split("\r\n")
                    if not one.lower().startswith(("proxy-", "connection:"))
                ]
                again = "\r\n".join([f"{method} {path} HTTP/1.1", "Connection: close", *passed_on])
                near.write(again.encode("latin1"))
            await asyncio.gather(_copy(reader, near), _copy(far, writer))
        finally:
            near.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
