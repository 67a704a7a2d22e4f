"""Connections: aiohttp's protocol with time limits, a guard, and quiet malformed requests.

aiohttp (3.14) limits the lines of a head, and closes connections between requests. It has no time
limit for a head, no limit of connections, and logs a traceback for each malformed request. Its
private attributes are used in this file only.
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
"""Bytes of an incomplete head. aiohttp alone would accept 128 lines of 8 KiB."""

_MALFORMED: dict[type[Exception], str] = {
    http_exceptions.LineTooLong: "a line of the head is too long",
    http_exceptions.InvalidHeader: "a header is malformed",
    http_exceptions.BadHttpMethod: "the request line is not HTTP",
    http_exceptions.BadStatusLine: "the request line is not HTTP",
    http_exceptions.InvalidURLError: "the target is not a URL",
    http_exceptions.PayloadEncodingError: "the body's transfer coding is broken",
    web.RequestPayloadError: "the body's transfer coding is broken",
}
"""Our own texts: the library's quote the request, which may hold a credential."""


def malformed(error: BaseException | None) -> str | None:
    """Return what is wrong with a malformed request; None for any other error."""
    for kind, text in _MALFORMED.items():
        if isinstance(error, kind):
            return text
    if isinstance(error, http_exceptions.HttpProcessingError):
        return "the head is malformed"
    return None


class Connection(RequestHandler):
    """A client's connection under the guard. Event loop only."""

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

    # Called by the guard.

    @property
    def phase(self) -> Phase:
        """Return what this connection is_waiting for."""
        if self._evictable:
            return Phase.IDLE
        if self._blocked:
            return Phase.BLOCKED
        request = self._current_request
        if request is not None:
            return Phase.WORKING if request.content.is_eof() else Phase.BODY
        return Phase.WORKING if self._messages else Phase.IDLE

    def abort(self) -> None:
        """Close the connection at once and drop unsent bytes."""
        if self.transport is not None:
            self.transport.abort()

    def set_evictable(self, *, evictable: bool) -> None:
        """Let the guard close this connection first, while a refusal is delayed."""
        self._evictable = evictable

    # Called by the event loop.

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
        request_count, is_waiting = self._request_count, self._waiter is not None
        super().data_received(data)
        if self._request_count != request_count:
            self.since = self._loop.time()
            self.head_since = None
            self._head_bytes = 0
        elif is_waiting and data and self._current_request is None:
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

    # Called by aiohttp, which would log a traceback.

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        text = malformed(exc)
        if text is None:
            return super().handle_error(request, status, exc, message)
        self._note(text)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun")
        response = error_response(400, "the request is not valid HTTP", [{"message": text}])
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        text = malformed(kwargs.get("exc_info"))
        if text is None:
            super().log_exception(*args, **kwargs)
        else:
            self._note(text)

    def _note(self, text: str) -> None:
        self._refusals.note(RefusalKind.MALFORMED, self.peer, text, self._loop.time())
