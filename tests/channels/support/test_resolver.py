"""Name lookups: a dead name server costs its deadline, and never the process."""

import asyncio
import socket
import threading
from typing import Any

import aiohttp
import pytest

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.resolver import Resolver
from gateway.core.incidents.retry import Failure

SHORT = 0.05
LONG = 30.0


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A name server that does not answer for dead.example until the event is set."""
    gate = threading.Event()
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        if host == "dead.example":
            gate.wait(LONG)
            raise socket.gaierror("no answer")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield gate
    gate.set()


async def test_lookup_that_never_ends_is_abandoned_and_replaced(dead: threading.Event) -> None:
    """E49: getaddrinfo cannot be interrupted; other names are found all the same."""
    resolver = Resolver(2, SHORT)
    for _ in range(3):
        with pytest.raises(OSError, match="name lookup: no answer"):
            await resolver.resolve("dead.example", 443)
    assert "3 name lookup calls have not come back" in resolver.threads.problem()
    (answer, *_) = await resolver.resolve("127.0.0.1", 443)
    assert (answer["host"], answer["port"], answer["hostname"]) == (
        "127.0.0.1",
        443,
        "127.0.0.1",
    )
    dead.set()
    await resolver.threads.close()
    assert resolver.threads.problem() == ""


async def test_message_to_a_name_that_is_not_found_is_surely_not_delivered(
    dead: threading.Event,
) -> None:
    """E49: the call ends with the deadline of connecting, even with a dead name server."""
    client = HttpClient(1, total_timeout=LONG, connect_timeout=SHORT)
    with pytest.raises(aiohttp.ClientError) as caught:
        await asyncio.wait_for(client.session.get("http://dead.example/"), LONG)
    failure = connection_failure(caught.value)
    assert (failure.failure, failure.perhaps) == (Failure.CONNECTION, False)
    dead.set()
    await client.close()


async def test_name_without_an_address_is_said(dead: threading.Event) -> None:
    """The failure says that it is the name, and a later attempt doubles nothing."""
    dead.set()
    client = HttpClient(1)
    with pytest.raises(aiohttp.ClientError) as caught:
        await client.session.get("http://dead.example/")
    failure = connection_failure(caught.value)
    assert (failure.failure, failure.perhaps) == (Failure.CONNECTION, False)
    assert "name" in failure.detail
    await client.close()


async def test_link_local_address_keeps_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its zone such an address cannot be connected to."""
    answer = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1", 80, 0, 2))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **more: answer)
    (address,) = await Resolver(1).resolve("router.example", 80)
    assert address["host"] == "fe80::1%2"
