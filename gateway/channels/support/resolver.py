"""Name lookups in threads of their own.

`getaddrinfo` cannot be interrupted. With a dead name server it blocks its thread as long as
resolv.conf says, often half a minute. asyncio runs it in a shared pool (uvloop's has four
threads), where a few such lookups would delay every channel. Here each session has a pool, whose
threads are abandoned and replaced at the deadline.
"""

import socket
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.channels.support.threads import Threads
from gateway.core.incidents.retry import SendError

LOOKUP_TIMEOUT = 5.0
"""Seconds for one lookup, as long as the C library waits for its first name server."""

NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Resolver(AbstractResolver):
    """Resolves names in its own threads. Belongs to one event loop."""

    def __init__(self, size: int, timeout: float = LOOKUP_TIMEOUT) -> None:
        """`size` lookups at a time, each for at most `timeout` seconds."""
        self.threads = Threads("name lookup", size, timeout)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name. Raises OSError, as aiohttp expects."""
        look_up = partial(
            socket.getaddrinfo,
            host,
            port,
            family=family,
            type=socket.SOCK_STREAM,
            flags=socket.AI_ADDRCONFIG,
        )
        try:
            addresses = await self.threads.call(look_up)
        except SendError as error:
            raise TimeoutError(f"name lookup: {error.detail}") from None
        return [
            ResolveResult(
                hostname=host,
                host=_numeric(address),
                port=port,
                family=address_family,
                proto=protocol,
                flags=NUMERIC,
            )
            for address_family, _, protocol, _, address in addresses
        ]

    async def close(self) -> None:
        """Do nothing: threads that still run are daemons and end by themselves."""


def _numeric(address: tuple[object, ...]) -> str:
    """Return the address as text; a link-local one needs its zone."""
    host = str(address[0])
    scope = address[3] if len(address) == 4 else 0
    return f"{host}%{scope}" if scope and "%" not in host else host
