"""Bound on the memory of bodies whose senders are not authenticated.

A signature authenticates only the whole body, and an open source authenticates nobody. A stranger
with forty connections must neither fill the memory nor keep others out. When the capacity is used
up, the largest body of the address with the most bytes is dropped, and its sender gets 503.
"""

from gateway.web.http.errors import RETRY_LOAD, RequestError

BODIES = 4
"""Bodies of the largest allowed size that fit into the capacity."""

FREE = 64 * 1024
"""Bytes of each body that are not counted: the limit of connections bounds them, so that ordinary
posts are never dropped."""


class Lease:
    """One arriving body. `InFlight.release` must be called for it."""

    __slots__ = ("address", "chunks", "done", "dropped", "listed", "size")

    def __init__(self, address: str) -> None:
        self.address = address
        self.chunks: list[bytes] = []
        self.size = 0
        self.done = False  # arrived and in use: it cannot be dropped any more
        self.dropped = False
        self.listed = False  # True from the first chunk: a body that came with its head never is

    @property
    def counted(self) -> int:
        """Return the bytes that count."""
        return max(0, self.size - FREE)

    def whole(self) -> bytes:
        """Return the whole body, which has arrived; it cannot be dropped any more."""
        self.done = True
        body = b"".join(self.chunks)
        self.chunks.clear()
        return body


class InFlight:
    """The arriving bodies of all senders. Event loop only."""

    def __init__(self) -> None:
        self._leases: dict[str, list[Lease]] = {}
        self._held: dict[str, int] = {}

    @property
    def total(self) -> int:
        """Return the bytes of all bodies that count."""
        return sum(self._held.values())

    def lease(self, address: str) -> Lease:
        """Return the lease of a new body from this address."""
        return Lease(address)

    def grow(self, lease: Lease, chunk: bytes, bound: int) -> None:
        """Add a chunk. Raise RequestError (503) if all bodies exceed `bound` bytes.

        One address may have at most half of `bound`, so that it cannot keep the others out.
        """
        if lease.dropped:
            raise _too_many_bodies()
        if not lease.listed:
            lease.listed = True
            self._leases.setdefault(lease.address, []).append(lease)
            self._held.setdefault(lease.address, 0)
        lease.chunks.append(chunk)
        counted_before = lease.counted
        lease.size += len(chunk)
        self._held[lease.address] += lease.counted - counted_before
        while self._held[lease.address] > bound // 2:
            self._drop_largest(lease.address, lease)
        while self.total > bound:
            self._drop_largest(max(self._held, key=self._held.__getitem__), lease)

    def release(self, lease: Lease) -> None:
        """Forget a body that is not in memory any more."""
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
            raise _too_many_bodies()

    def _empty(self, lease: Lease) -> None:
        self._held[lease.address] -= lease.counted
        lease.size = 0
        lease.chunks.clear()


def _too_many_bodies() -> RequestError:
    return RequestError(
        503,
        "too many bodies of unauthenticated senders arrive at once",
        [{"field": "", "message": "send it again, or give the source a bearer token"}],
        {"Retry-After": str(RETRY_LOAD)},
    )
