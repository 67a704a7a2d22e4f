"""Bodies of senders who have proven nothing, while they are in memory: their sum is bounded.

A signature proves its sender when the whole body is there, and an open source proves nobody. Who
opens forty connections must not fill the memory, nor keep others out: when the room is used up,
the largest body of the address with the most bytes is dropped, and its sender asked to come again.
"""

from gateway.web.http.errors import RETRY_LOAD, RequestError

BODIES = 4
"""Bodies of the largest allowed size that fit in together."""

FREE = 64 * 1024
"""Bytes of each body that are not counted: the number of connections bounds them, and what most
senders post always gets in."""


class Lease:
    """One body that arrives. It is given back by `InFlight.release`."""

    __slots__ = ("address", "chunks", "done", "dropped", "listed", "size")

    def __init__(self, address: str) -> None:
        self.address = address
        self.chunks: list[bytes] = []
        self.size = 0
        self.done = False  # arrived, and in use: it can be dropped no more
        self.dropped = False
        self.listed = False  # since its first chunk: a body that came with its head needs no room

    @property
    def counted(self) -> int:
        """Bytes that count."""
        return max(0, self.size - FREE)

    def whole(self) -> bytes:
        """All of it has arrived: return it."""
        self.done = True
        body = b"".join(self.chunks)
        self.chunks.clear()
        return body


class InFlight:
    """All such bodies. Used from the event loop only."""

    def __init__(self) -> None:
        self._leases: dict[str, list[Lease]] = {}
        self._held: dict[str, int] = {}

    @property
    def total(self) -> int:
        """Bytes that count, of all of them."""
        return sum(self._held.values())

    def lease(self, address: str) -> Lease:
        """Begin with a body from this address."""
        return Lease(address)

    def grow(self, lease: Lease, chunk: bytes, bound: int) -> None:
        """Add what arrived; `bound` is for all of them. Raises RequestError (503) without room.

        An address has at most half of it, so that one alone never keeps the others out.
        """
        if lease.dropped:
            raise _crowded()
        if not lease.listed:
            lease.listed = True
            self._leases.setdefault(lease.address, []).append(lease)
            self._held.setdefault(lease.address, 0)
        lease.chunks.append(chunk)
        before = lease.counted
        lease.size += len(chunk)
        self._held[lease.address] += lease.counted - before
        while self._held[lease.address] > bound // 2:
            self._drop_largest(lease.address, lease)
        while self.total > bound:
            self._drop_largest(max(self._held, key=self._held.__getitem__), lease)

    def release(self, lease: Lease) -> None:
        """The body is not in memory any more."""
        if not lease.listed:
            return
        self._empty(lease)
        leases = self._leases[lease.address]
        leases.remove(lease)
        if not leases:
            del self._leases[lease.address], self._held[lease.address]

    def _drop_largest(self, address: str, asking: Lease) -> None:
        arriving = [one for one in self._leases[address] if not one.done and one.counted]
        largest = max(arriving, key=lambda one: one.size, default=asking)
        largest.dropped = True
        self._empty(largest)
        if largest is asking:
            raise _crowded()

    def _empty(self, lease: Lease) -> None:
        self._held[lease.address] -= lease.counted
        lease.size = 0
        lease.chunks.clear()


def _crowded() -> RequestError:
    return RequestError(
        503,
        "too many bodies arrive at once from senders who have proven nothing",
        [{"field": "", "message": "send it again, or give the source a bearer token"}],
        {"Retry-After": str(RETRY_LOAD)},
    )
