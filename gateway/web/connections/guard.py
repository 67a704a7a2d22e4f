"""Limits on connections: how many in total, how many by client, and how long each may wait.

At a limit the new connection is accepted and others are closed: idle ones first, then those that
send or receive slowly; within these the client with the most connections first, then the oldest.
A connection whose request is being handled is never closed. So strangers with any number of
connections close each other's, and an alert is accepted at once.
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
"""At a limit, one of this many connections is closed at once: finding them takes time."""


class Phase(IntEnum):
    """What a connection waits for; the lowest are closed first."""

    IDLE = 0  # for a request, or for its head to be complete
    BODY = 1  # for the rest of a request's body
    BLOCKED = 2  # for the client to take its answer
    WORKING = 3  # for us: never closed


class GuardedConnection(Protocol):
    """Interface of a connection that the guard counts and may close."""

    client: str  # an address, or an IPv6 network
    since: float  # when its phase began, by the loop's clock

    @property
    def phase(self) -> Phase: ...

    @property
    def head_since(self) -> float | None:
        """Return when the incomplete head of a request began; None without one."""

    def abort(self) -> None:
        """Close the connection at once and drop unsent bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of connections, and seconds."""

    connections: int = 1024
    per_client: int = 256  # 0: no limit by client
    head: float = 10.0  # for the whole head of a request, from the connection or its first byte
    body: float = 90.0  # more than handlers give a body, so that they can answer 408
    blocked: float = 60.0  # without the client taking any of its answer


class Guard:
    """Count and limit the open connections. `now` is the loop's clock. Event loop only."""

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
        """Admit a new connection and close others for it. Return False if it must be closed."""
        limits, client = self.limits, connection.client
        if limits.per_client and self._clients[client] >= limits.per_client:
            own_connections = [one for one in self._open if one.client == client]
            self._evict(
                own_connections, limits.per_client, f"connections of {client or 'one client'}"
            )
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
        """Forget a closed connection. A second call does nothing."""
        if connection not in self._open:
            return
        del self._open[connection]
        self._clients[connection.client] -= 1
        if not self._clients[connection.client]:
            del self._clients[connection.client]
        self._metrics.set_connections(len(self._open))

    def sweep(self) -> None:
        """Close the connections past their time limit. Call it every second."""
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

    def _evict(self, candidates: Iterable[GuardedConnection], limit: int, limited: str) -> None:
        ranked = [(phase, one) for one in candidates if (phase := one.phase) is not Phase.WORKING]
        ranked.sort(key=lambda pair: (pair[0], -self._clients[pair[1].client], pair[1].since))
        victims = ranked[: max(1, limit // CLOSED_AT_ONCE)]
        if victims:  # only one phase at a time: no body is cut off while an idle connection is open
            worst = victims[0][0]
            victims = [pair for pair in victims if pair[0] is worst]
        for _, victim in victims:
            self._close(victim, "limit")
        omitted = self._lines.take(self._now())
        if omitted is not None:
            log.warning(
                "limit of %d %s reached: closed the %d that waited longest",
                limit,
                limited,
                len(victims),
                extra={"left_out": omitted} if omitted else None,
            )

    def _refuse(self) -> bool:
        self._metrics.count_closed_connection("refused")
        return False

    def _close(self, connection: GuardedConnection, reason: str) -> None:
        self._metrics.count_closed_connection(reason)
        self.remove(connection)  # free its slot now, not when the loop reports the loss
        connection.abort()
