"""Records of refused requests: a counter by kind, a rate-limited log line, delayed answers."""

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
"""At most LINES log lines of each kind in PERIOD seconds; the next one counts the omitted ones."""

MAX_WAITING = 256
"""Refusals delayed at the same time. Each holds a task; more are answered without delay."""

_KIND = web.RequestKey("gateway.refusal", str)


class RefusalKind(StrEnum):
    """Kind of a refusal, and the label `kind` of the metric."""

    MALFORMED = "malformed"
    NO_TOKEN = "no_token"  # noqa: S105 - a browser's first request, before it asks for a password
    API_TOKEN = "api_token"  # noqa: S105
    SOURCE = "source"
    SLACK_SIGNATURE = "slack_signature"
    CALLBACK = "callback"
    FORGED_LINK = "forged_link"
    EXPIRED_LINK = "expired_link"
    HOST = "host"
    ORIGIN = "origin"


GUESSES = frozenset(
    {
        RefusalKind.API_TOKEN,
        RefusalKind.SOURCE,
        RefusalKind.SLACK_SIGNATURE,
        RefusalKind.CALLBACK,
        RefusalKind.FORGED_LINK,
    }
)
"""Kinds by which a stranger can guess secrets; only these are delayed."""


class LineBudget:
    """Limit of LINES log lines of one kind in PERIOD seconds."""

    def __init__(self) -> None:
        self._began = float("-inf")
        self._written = 0
        self._omitted = 0

    def take(self, now: float) -> int | None:
        """Return how many lines were omitted before this one, or None to omit this one too."""
        if now - self._began >= PERIOD:
            self._began, self._written = now, 0
        if self._written >= LINES:
            self._omitted += 1
            return None
        self._written += 1
        omitted, self._omitted = self._omitted, 0
        return omitted


class Refusals:
    """Record refused requests and delay guesses. `count` is called with the kind of each."""

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._failed_proofs = FailedProofs()
        self._lines = {kind: LineBudget() for kind in RefusalKind}
        self._waiting = 0
        self.sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    def note(self, kind: RefusalKind, address: str, text: str, now: float) -> None:
        """Count and perhaps log one refusal. `text` holds nothing that the client sent."""
        self._count(kind.value)
        omitted = self._lines[kind].take(now)
        if omitted is None:
            return
        extra: dict[str, object] = {"kind": kind.value, "address": address}
        if omitted:
            extra["left_out"] = omitted
        level = logging.DEBUG if kind is RefusalKind.NO_TOKEN else logging.WARNING
        log.log(level, "request refused: %s", text, extra=extra)

    async def slow_down(self, kind: RefusalKind, address: str, now: float) -> None:
        """Delay the answer to a failed proof, longer with each failure of `address`."""
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


def record_refusal(request: web.Request, kind: RefusalKind, text: str) -> None:
    """Record the refusal of a request; the caller answers it. Call it once for a request."""
    request[_KIND] = kind.value
    now = asyncio.get_running_loop().time()
    request.app[REFUSALS].note(kind, request.remote or "", text, now)


@web.middleware
async def delay_failed_proofs(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Delay the answer to a failed proof. The outermost middleware: the body is freed by then."""
    response = await handler(request)
    if response.status < 400:  # every refusal is answered with an error
        return response
    kind = request.get(_KIND)
    if kind is not None:
        loop = asyncio.get_running_loop()
        address = request.remote or ""
        refusals = request.app[REFUSALS]
        set_evictable = getattr(request.protocol, "set_evictable", _ignore)
        set_evictable(evictable=True)
        try:
            await refusals.slow_down(RefusalKind(kind), address, loop.time())
        finally:
            set_evictable(evictable=False)
    return response


def _ignore(*, evictable: bool) -> None:
    """Do nothing: the default for a server whose connections are not guarded."""
