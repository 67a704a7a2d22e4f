"""The interface of a connection that transactions run on."""

from collections.abc import Sequence
from typing import Any, Protocol

from gateway.store.db.bulk import Bulk
from gateway.store.db.clocks import TransactionStart

Row = tuple[Any, ...]


class Session(Protocol):
    """One connection, used by one thread at a time."""

    database: str
    start: TransactionStart  # of the present transaction; unused where the session only reads

    def begin(self) -> None:
        """Begin a transaction. To write, wait for the writer's lock and set `start`."""

    def commit(self) -> None:
        """Make the transaction durable. Raises if it is not."""

    def rollback(self) -> None:
        """Undo the transaction, if one is open."""

    def savepoint(self) -> None:
        """Set the savepoint."""

    def release_savepoint(self) -> None:
        """Remove the savepoint and keep what was done since."""

    def rollback_to_savepoint(self) -> None:
        """Undo what was done since the savepoint."""

    def rows(self, text: str, values: Sequence[Any]) -> list[Row]:
        """Run a query; return its rows."""

    def run(self, text: str, values: Sequence[Any]) -> int:
        """Run a write; return how many rows it changed."""

    def write_rows(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        """Run a bulk write."""

    def close(self) -> None:
        """Close the connection. Never raises."""
