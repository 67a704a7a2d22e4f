"""One connection of the server: aiohttp's protocol, with what aiohttp lacks.

aiohttp (3.14) has a limit for the size of a head's lines, and closes connections between requests.
It has no time limit for a head, no limit of connections, and logs a traceback for each malformed
request. Its attributes that begin with an underscore are used in this file only.
"""

import asyncio
from typing import Any

from aiohttp import http_exceptions, web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest
from aiohttp.web_server import Server

from gateway.web.connections.guard import Guard, Phase
from gateway.web.http.errors import error_response
from gateway.web.http.failed_proofs import client_of
from gateway.web.http.refusals import RefusalKind, Refusals

LARGEST_HEAD = 64 * 1024
"""Bytes of a head that is not complete. aiohttp alone would take 128 lines of 8 KiB."""

_MALFORMED: dict[type[Exception], str] = {
    http_exceptions.LineTooLong: "a line of the head is too long",
    http_exceptions.InvalidHeader: "a header is malformed",
    http_exceptions.BadHttpMethod: "the request line is not HTTP",
    http_exceptions.BadStatusLine: "the request line is not HTTP",
    http_exceptions.InvalidURLError: "the target is not a URL",
    http_exceptions.PayloadEncodingError: "the body's transfer coding is broken",
    web.RequestPayloadError: "the body's transfer coding is broken",
}
"""Words of our own: the library's quote what was sent, and that may be a credential."""


def malformed(error: BaseException | None) -> str | None:
    """What is wrong with a request that the client made wrong; None for any other error."""
    for kind, words in _MALFORMED.items():
        if isinstance(error, kind):
            return words
    if isinstance(error, http_exceptions.HttpProcessingError):
        return "the head is malformed"
    return None


class Connection(RequestHandler):
    """A client's connection, under the guard. Runs on the event loop only."""

    __slots__ = (
        "_blocked",
        "_evictable",
        "_guard",
        "_head_bytes",
        "_refusals",
        "client",
        "head_since",
        "peer",
        "since",
    )

    def __init__(self, manager: Server, guard: Guard, refusals: Refusals, **kwargs: Any) -> None:
        super().__init__(manager, **kwargs)
        self._guard, self._refusals = guard, refusals
        self._blocked = self._evictable = False
        self._head_bytes = 0
        self.client = self.peer = ""
        self.since = self._loop.time()
        self.head_since: float | None = self.since

    # What the guard asks.

    @property
    def phase(self) -> Phase:
        """What this connection waits for."""
        if self._evictable:
            return Phase.IDLE
        if self._blocked:
            return Phase.BLOCKED
        request = self._current_request
        if request is not None:
            return Phase.WORKING if request.content.is_eof() else Phase.BODY
        return Phase.WORKING if self._messages else Phase.IDLE

    def abort(self) -> None:
        """Close it at once and drop what is unsent."""
        if self.transport is not None:
            self.transport.abort()

    def set_evictable(self, evictable: bool) -> None:
        """Let the guard close it first, while a refusal waits to be answered."""
        self._evictable = evictable

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self.peer = str(peer[0]) if isinstance(peer, tuple) else ""
        self.client = client_of(self.peer)
        if self._guard.admit(self):
            super().connection_made(transport)
        else:
            self._force_close = True
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._guard.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        heads, waits = self._request_count, self._waiter is not None
        super().data_received(data)
        if self._request_count != heads:
            self.since = self._loop.time()
            self.head_since = None
            self._head_bytes = 0
        elif waits and data and self._current_request is None:
            if self.head_since is None:
                self.since = self.head_since = self._loop.time()
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self._note("the head is too large")
                self.abort()

    def pause_writing(self) -> None:
        self._blocked = True
        self.since = self._loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._blocked = False
        self.since = self._loop.time()
        super().resume_writing()

    # What aiohttp would log with a traceback.

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        words = malformed(exc)
        if words is None:
            return super().handle_error(request, status, exc, message)
        self._note(words)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        response = error_response(400, "the request is not valid HTTP", [{"message": words}])
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        words = malformed(kwargs.get("exc_info"))
        if words is None:
            super().log_exception(*args, **kwargs)
        else:
            self._note(words)

    def _note(self, words: str) -> None:
        self._refusals.note(RefusalKind.MALFORMED, self.peer, words, self._loop.time())
