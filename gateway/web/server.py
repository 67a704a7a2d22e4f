"""The server: aiohttp's runner with guarded connections and explicit settings."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_server import Server

from gateway.web.connections.guard import Guard, Limits
from gateway.web.connections.protocol import Connection
from gateway.web.http.keys import ENGINE
from gateway.web.http.paths import with_plain_path
from gateway.web.http.refusals import REFUSALS, Refusals

RUNNER_SETTINGS: dict[str, Any] = {
    # aiohttp would unpack before a handler can refuse, and the unpacked size has no bound.
    "auto_decompress": False,
    # aiohttp's access log holds the path, which contains the tokens of acknowledge links.
    "access_log": None,
    # Time for the rest of a refused body to arrive, so that the sender receives the answer.
    "lingering_time": 5.0,
    # Longer than the pools of senders keep a connection (Prometheus 300 s, balancers up to 600 s).
    # The side with the shorter time closes it, and a request must not meet a closing server.
    "keepalive_timeout": 620.0,
}

SWEEP_EVERY = 1.0
"""Seconds between two checks for connections past their time limit."""


def with_ascii_expect(message: RawRequestMessage) -> RawRequestMessage:
    """Return the message with an `Expect` that aiohttp can quote in its 417.

    aiohttp (3.14) encodes the header's text into its answer, outside of every middleware, and
    fails on bytes that are not UTF-8.
    """
    expect = message.headers.get("Expect")
    if expect is None or expect.isascii():
        return message
    headers = message.headers.copy()
    headers["Expect"] = "?"
    changed: RawRequestMessage = message._replace(headers=type(message.headers)(headers))
    return changed


class GuardedServer(Server):
    """aiohttp's server with guarded connections and plain paths."""

    def __init__(self, server: Server, guard: Guard, refusals: Refusals) -> None:
        super().__init__(
            server.request_handler,
            request_factory=self._plain_request,
            handler_cancellation=server.handler_cancellation,
            loop=server._loop,
            **server._kwargs,
        )
        self._factory = server.request_factory
        self._guard, self._refusals = guard, refusals

    def __call__(self) -> Connection:
        return Connection(self, self._guard, self._refusals, loop=self._loop, **self._kwargs)

    def _plain_request(self, message: RawRequestMessage, *rest: Any) -> web.BaseRequest:
        # The hot path: nearly every request has neither.
        if "//" in message.path:
            message = with_plain_path(message)
        if "Expect" in message.headers:
            message = with_ascii_expect(message)
        return self._factory(message, *rest)


class GuardedRunner(web.AppRunner):
    """aiohttp's runner, with a guard over the connections of its server."""

    __slots__ = ("_guard", "_limits", "_next_sweep")

    def __init__(self, app: web.Application, limits: Limits, **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._limits = limits
        self._next_sweep: asyncio.TimerHandle | None = None

    async def _make_server(self) -> Server:
        loop = asyncio.get_running_loop()
        self._guard = Guard(self._limits, self._app[ENGINE].metrics, loop.time)
        server = await super()._make_server()
        self._sweep(loop)
        return GuardedServer(server, self._guard, self._app[REFUSALS])

    async def cleanup(self) -> None:
        """Stop serving after the requests in progress are answered."""
        await super().cleanup()
        if self._next_sweep is not None:
            self._next_sweep.cancel()

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._next_sweep = loop.call_later(SWEEP_EVERY, self._sweep, loop)
        self._guard.sweep()


def runner_for(app: web.Application, limits: Limits, **kwargs: Any) -> web.AppRunner:
    """Return a runner for `app`. The caller also opens the site and calls `cleanup()`."""
    return GuardedRunner(
        app, limits, handle_signals=False, shutdown_timeout=5.0, **{**RUNNER_SETTINGS, **kwargs}
    )
