"""Digests of tables: the number of rows, and a sum of hashes that their order does not change.

The two databases sort text differently, so no order of the rows is the same on both.
"""

from collections.abc import Iterable
from hashlib import blake2b

from gateway.store.db.session import Row

_BYTES = 16


class TableDigest:
    """The rows of one table that were added so far."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows, with values of the same types wherever they are compared."""
        for row in rows:
            text = repr(tuple(row)).encode("utf-8", "surrogatepass")
            self._sum += int.from_bytes(blake2b(text, digest_size=_BYTES).digest(), "big")
            self.rows += 1

    def __str__(self) -> str:
        """Return "rows:hash"."""
        return f"{self.rows}:{self._sum % 2 ** (8 * _BYTES):0{2 * _BYTES}x}"
