"""The HTTP client of the channels."""

import aiohttp
import pytest

from gateway.channels.support.client import HttpClient


async def test_client_that_is_not_used_opens_no_session() -> None:
    """A channel of a file that is refused holds nothing open, although nobody closes it."""
    client = HttpClient(1)
    assert "session" not in vars(client)
    await client.close()


async def test_closed_client_refuses_calls() -> None:
    """A call that comes too late opens no session that nobody would close."""
    client = HttpClient(1)
    await client.close()
    with pytest.raises(aiohttp.ClientConnectionError, match="closed"):
        _ = client.session
