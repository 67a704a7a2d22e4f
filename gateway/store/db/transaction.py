"""The transaction that the functions of the store run their statements in."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.sql.expression import ClauseElement

from gateway.store.db.bulk import Bulk, Rows
from gateway.store.db.errors import as_store_error
from gateway.store.db.session import Row, Session
from gateway.store.db.statement import Statement

T = TypeVar("T")


class Tx:
    """One open transaction. Use it only within the work that it was passed to."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def lease_now(self) -> float:
        """Return the Unix seconds of the clock for leases. For writing transactions only."""
        return self._session.start.lease_now

    @property
    def started_at(self) -> float:
        """Return the monotonic seconds when it began. For writing transactions only."""
        return self._session.start.started_at

    @property
    def skew(self) -> float:
        """Return the seconds that this replica's clock is ahead of the database's.

        For writing transactions only.
        """
        return self._session.start.skew

    def rows(self, statement: Statement, **values: Any) -> list[Row]:
        """Run a query; return its rows."""
        return self._session.rows(*statement.for_database(self._session.database, values))

    def row(self, statement: Statement, **values: Any) -> Row | None:
        """Run a query; return its first row, or None."""
        rows = self.rows(statement, **values)
        return rows[0] if rows else None

    def run(self, statement: Statement, **values: Any) -> int:
        """Run a write; return how many rows it changed."""
        return self._session.run(*statement.for_database(self._session.database, values))

    def write_rows(self, bulk: Bulk, rows: Rows) -> None:
        """Run a bulk write."""
        if rows:
            self._session.write_rows(bulk, rows)

    def in_savepoint(self, work: Callable[["Tx"], T]) -> T:
        """Do work behind a savepoint; if it raises, undo only what it did.

        Raises StoreUnavailableError when the database fails: the whole transaction is then lost.
        """
        self._session.savepoint()
        try:
            done = work(self)
        except Exception as error:
            if (failure := as_store_error(error)) is not None:
                raise failure from error
            self._session.rollback_to_savepoint()
            raise
        self._session.release_savepoint()
        return done

    def query(self, query: ClauseElement) -> list[Row]:
        """Run a query that was built for this call; return its rows."""
        return self.rows(Statement(query))
