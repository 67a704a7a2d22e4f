"""Traces of refused requests: a counter by kind, a rate-limited log line, and slower guessing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum

from aiohttp import web

from gateway.web.http.errors import Handler
from gateway.web.http.failed_proofs import FailedProofs, client_of

log = logging.getLogger(__name__)

LINES = 5
PERIOD = 10.0
"""At most LINES log lines of each kind in PERIOD seconds; the next one counts those left out."""

MAX_WAITING = 256
"""Refusals that wait at once. Each holds a task; beyond it answers go out without waiting."""

_KIND = web.RequestKey("gateway.refusal", str)


class RefusalKind(StrEnum):
    """Why a request was refused, as the label `kind` of the metric."""

    MALFORMED = "malformed"
    NO_TOKEN = "no_token"  # noqa: S105 - a browser's first request, before it asks for a password
    API_TOKEN = "api_token"  # noqa: S105
    SOURCE = "source"
    SLACK_SIGNATURE = "slack_signature"
    FORGED_LINK = "forged_link"
    EXPIRED_LINK = "expired_link"
    HOST = "host"
    ORIGIN = "origin"


GUESSES = frozenset(
    {
        RefusalKind.API_TOKEN,
        RefusalKind.SOURCE,
        RefusalKind.SLACK_SIGNATURE,
        RefusalKind.FORGED_LINK,
    }
)
"""Kinds by which a stranger can try keys; only they are slowed down."""


class LineBudget:
    """At most LINES log lines of one kind in PERIOD seconds."""

    def __init__(self) -> None:
        self._began = float("-inf")
        self._written = 0
        self._left_out = 0

    def take(self, now: float) -> int | None:
        """Return how many lines were left out before this one, or None to leave it out too."""
        if now - self._began >= PERIOD:
            self._began, self._written = now, 0
        if self._written >= LINES:
            self._left_out += 1
            return None
        self._written += 1
        left_out, self._left_out = self._left_out, 0
        return left_out


class Refusals:
    """What is known of refused requests. `count` is called with the kind of each."""

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._failed_proofs = FailedProofs()
        self._lines = {kind: LineBudget() for kind in RefusalKind}
        self._waiting = 0
        self.sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def note(self, kind: RefusalKind, address: str, words: str, now: float) -> None:
        """Count one refusal and perhaps log it. `words` hold nothing that the client sent."""
        self._count(kind.value)
        left_out = self._lines[kind].take(now)
        if left_out is None:
            return
        extra: dict[str, object] = {"kind": kind.value, "address": address}
        if left_out:
            extra["left_out"] = left_out
        level = logging.DEBUG if kind is RefusalKind.NO_TOKEN else logging.WARNING
        log.log(level, "request refused: %s", words, extra=extra)

    async def slow_down(self, kind: RefusalKind, address: str, now: float) -> None:
        """Wait before a failed guess is answered, the longer the more of them `address` made."""
        if kind not in GUESSES:
            return
        seconds = self._failed_proofs.failed(client_of(address), now)
        if not seconds or self._waiting >= MAX_WAITING:
            return
        self._waiting += 1
        try:
            await self.sleep(seconds)
        finally:
            self._waiting -= 1


REFUSALS: web.AppKey[Refusals] = web.AppKey("gateway.refusals", Refusals)


def record_refusal(request: web.Request, kind: RefusalKind, words: str) -> None:
    """Leave the trace of a refusal; the caller answers it. Call it once for a request."""
    request[_KIND] = kind.value
    now = asyncio.get_running_loop().time()
    request.app[REFUSALS].note(kind, request.remote or "", words, now)


@web.middleware
async def delay_failed_proofs(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Delay the answer to a failed proof. Around everything else: its body is freed by then."""
    response = await handler(request)
    if response.status < 400:  # every refusal is answered with an error
        return response
    kind = request.get(_KIND)
    if kind is not None:
        loop = asyncio.get_running_loop()
        address = request.remote or ""
        refusals = request.app[REFUSALS]
        set_evictable = getattr(request.protocol, "set_evictable", _ignore)
        set_evictable(True)
        try:
            await refusals.slow_down(RefusalKind(kind), address, loop.time())
        finally:
            set_evictable(False)
    return response


def _ignore(_: bool) -> None:
    """For a server whose connections are not guarded."""
