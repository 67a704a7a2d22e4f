"""Raw connections, for requests that no HTTP client would send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp.test_utils import BaseTestServer

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(server: "BaseTestServer[object]") -> AsyncIterator[Connection]:
    """Yield a bare connection, closed after the block."""
    reader, writer = await asyncio.open_connection(str(server.host), server.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):  # the server closed it first
            await writer.wait_closed()


async def status_of(server: "BaseTestServer[object]", request: bytes) -> int:
    """Send bytes and return the status of the answer."""
    async with connected(server) as (reader, writer):
        writer.write(request)
        return int((await reader.readline()).split()[1])
