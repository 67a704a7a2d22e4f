"""Limits on connections: how many, by whom, and how long each may keep us waiting.

When a limit is reached the new connection gets in and others are closed: first those on which
nothing is asked, then those that send or take slowly, of the client with the most connections
first and of these the oldest. A connection whose request is being worked on is never closed. So
strangers with any number of connections close each other's, and an alert gets in at once.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from gateway.metrics import Metrics
from gateway.web.http.refusals import LineBudget

log = logging.getLogger(__name__)

CLOSED_AT_ONCE = 16
"""One of so many connections is closed when a limit is reached: looking for them takes time."""


class Phase(IntEnum):
    """What a connection waits for; the lower, the sooner it may be closed."""

    IDLE = 0  # for a request, or for its head to be complete
    BODY = 1  # for the rest of a request's body
    BLOCKED = 2  # for the client to take its answer
    WORKING = 3  # for us: never closed


class GuardedConnection(Protocol):
    """A connection as the guard sees it."""

    client: str  # an address, or an IPv6 network
    since: float  # when its phase began, by the loop's clock

    @property
    def phase(self) -> Phase: ...

    @property
    def head_since(self) -> float | None:
        """When the head of a request began that is not complete; None without one."""

    def abort(self) -> None:
        """Close it at once and drop what is unsent."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of connections, and seconds."""

    connections: int = 1024
    per_client: int = 256  # 0: no limit of its own
    head: float = 10.0  # for the whole head of a request, from the connection or its first byte
    body: float = 90.0  # more than handlers give a body, so that they can answer 408
    blocked: float = 60.0  # without the client taking any of its answer


class Guard:
    """All open connections of the server. `now` is the loop's clock."""

    def __init__(self, limits: Limits, metrics: Metrics, now: Callable[[], float]) -> None:
        self.limits = limits
        self._metrics = metrics
        self._now = now
        self._open: dict[GuardedConnection, None] = {}
        self._clients: Counter[str] = Counter()
        self._lines = LineBudget()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: GuardedConnection) -> bool:
        """Take a new connection in, and close others for it; False when it must be closed."""
        limits, client = self.limits, connection.client
        if limits.per_client and self._clients[client] >= limits.per_client:
            own = [one for one in self._open if one.client == client]
            self._evict(own, limits.per_client, f"connections of {client or 'one client'}")
            if self._clients[client] >= limits.per_client:
                return self._refuse()
        if len(self._open) >= limits.connections:
            self._evict(self._open, limits.connections, "connections in total")
            if len(self._open) >= limits.connections:
                return self._refuse()
        self._open[connection] = None
        self._clients[client] += 1
        self._metrics.set_connections(len(self._open))
        return True

    def remove(self, connection: GuardedConnection) -> None:
        """Forget a connection that is closed. Calling it again is fine."""
        if connection not in self._open:
            return
        del self._open[connection]
        self._clients[connection.client] -= 1
        if not self._clients[connection.client]:
            del self._clients[connection.client]
        self._metrics.set_connections(len(self._open))

    def sweep(self) -> None:
        """Close the connections that keep us waiting for too long. Call it every second."""
        now, limits = self._now(), self.limits
        for one in list(self._open):
            phase = one.phase
            if one.head_since is not None:
                if phase is Phase.IDLE and now - one.head_since > limits.head:
                    self._close(one, "head_timeout")
            elif phase is Phase.BODY and now - one.since > limits.body:
                self._close(one, "body_timeout")
            elif phase is Phase.BLOCKED and now - one.since > limits.blocked:
                self._close(one, "answer_not_taken")

    def _evict(self, among: Iterable[GuardedConnection], limit: int, what: str) -> None:
        ranked = [(phase, one) for one in among if (phase := one.phase) is not Phase.WORKING]
        ranked.sort(key=lambda pair: (pair[0], -self._clients[pair[1].client], pair[1].since))
        victims = ranked[: max(1, limit // CLOSED_AT_ONCE)]
        if victims:  # as few kinds as possible: a body is not cut while something idle is open
            worst = victims[0][0]
            victims = [pair for pair in victims if pair[0] is worst]
        for _, victim in victims:
            self._close(victim, "limit")
        left_out = self._lines.take(self._now())
        if left_out is not None:
            log.warning(
                "limit of %d %s reached: closed %d that waited longest", limit, what, len(victims),
                extra={"left_out": left_out} if left_out else None,
            )  # fmt: skip

    def _refuse(self) -> bool:
        self._metrics.count_closed_connection("refused")
        return False

    def _close(self, connection: GuardedConnection, why: str) -> None:
        self._metrics.count_closed_connection(why)
        self.remove(connection)  # its place is free now, not when the loop gets round to it
        connection.abort()
