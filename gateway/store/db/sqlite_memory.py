"""A connection to a copy of a database in memory: for virtual time, where nothing need last."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from gateway.store.db.bulk import Bulk
from gateway.store.db.clocks import Clocks, TransactionStart
from gateway.store.db.session import Row
from gateway.store.db.statement import SQLITE


class MemorySession:
    """The only connection to its database, which ends with it."""

    database = SQLITE

    def __init__(self, image: bytes, clocks: Clocks) -> None:
        """`image` is a serialised SQLite file. Leases go by the clock for decisions."""
        self._clocks = clocks
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, cached_statements=512, check_same_thread=False
        )
        self._connection.deserialize(image)
        self.start = TransactionStart(0.0, 0.0)

    def begin(self) -> None:
        self._connection.execute("BEGIN")
        self.start = TransactionStart(self._clocks.monotonic(), self._clocks.now())

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def savepoint(self) -> None:
        self._connection.execute("SAVEPOINT work")

    def release_savepoint(self) -> None:
        self._connection.execute("RELEASE work")

    def rollback_to_savepoint(self) -> None:
        self._connection.execute("ROLLBACK TO work")
        self._connection.execute("RELEASE work")

    def rows(self, text: str, values: Sequence[Any]) -> list[Row]:
        return self._connection.execute(text, values).fetchall()

    def run(self, text: str, values: Sequence[Any]) -> int:
        return self._connection.execute(text, values).rowcount

    def write_rows(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        for text, values in bulk.sqlite_statements(rows):
            self._connection.execute(text, values)

    def close(self) -> None:
        self._connection.close()
