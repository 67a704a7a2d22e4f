"""What a transaction needs of a database's connection."""

from collections.abc import Sequence
from typing import Any, Protocol

from gateway.store.db.bulk import Bulk
from gateway.store.db.clocks import TransactionStart

Row = tuple[Any, ...]


class Session(Protocol):
    """One connection, used by one thread at a time."""

    database: str
    start: TransactionStart  # of the present transaction; where the session only reads, of none

    def begin(self) -> None:
        """Begin a transaction; where the session writes, wait for the turn and set `start`."""

    def commit(self) -> None:
        """Make the transaction durable. Raises when it was not."""

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""

    def savepoint(self) -> None:
        """Set the savepoint."""

    def release_savepoint(self) -> None:
        """Keep what was done since the savepoint."""

    def rollback_to_savepoint(self) -> None:
        """Undo what was done since the savepoint."""

    def rows(self, text: str, values: Sequence[Any]) -> list[Row]:
        """Run a query."""

    def run(self, text: str, values: Sequence[Any]) -> int:
        """Run a write; return how many rows it touched."""

    def write_rows(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        """Run a bulk write."""

    def close(self) -> None:
        """Give the connection up. Never raises."""
