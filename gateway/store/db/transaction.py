"""A transaction, as the functions of this package see it."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.sql.expression import ClauseElement

from gateway.store.db.bulk import Bulk, Rows
from gateway.store.db.errors import as_store_error
from gateway.store.db.session import Row, Session
from gateway.store.db.statement import Statement

T = TypeVar("T")


class Tx:
    """One open transaction. It is of use only inside the work that it was handed to."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def lease_now(self) -> float:
        """Unix seconds of the clock that leases are judged by; only while writing."""
        return self._session.start.lease_now

    @property
    def started_at(self) -> float:
        """Seconds of the monotonic clock when the transaction began; only while writing."""
        return self._session.start.started_at

    @property
    def skew(self) -> float:
        """Seconds that this replica's clock is ahead of the database's; only while writing."""
        return self._session.start.skew

    def rows(self, statement: Statement, **given: Any) -> list[Row]:
        """Run a query."""
        return self._session.rows(*statement.for_database(self._session.database, given))

    def row(self, statement: Statement, **given: Any) -> Row | None:
        """Run a query; return its first row."""
        found = self.rows(statement, **given)
        return found[0] if found else None

    def run(self, statement: Statement, **given: Any) -> int:
        """Run a write; return how many rows it touched."""
        return self._session.run(*statement.for_database(self._session.database, given))

    def write_rows(self, bulk: Bulk, rows: Rows) -> None:
        """Run a bulk write."""
        if rows:
            self._session.write_rows(bulk, rows)

    def in_savepoint(self, work: Callable[["Tx"], T]) -> T:
        """Do work behind a savepoint: what it raises undoes its own part only, and is raised.

        Raises StoreUnavailableError when the database fails: the whole transaction is then lost.
        """
        self._session.savepoint()
        try:
            done = work(self)
        except Exception as error:
            if (trouble := as_store_error(error)) is not None:
                raise trouble from error
            self._session.rollback_to_savepoint()
            raise
        self._session.release_savepoint()
        return done

    def query(self, query: ClauseElement) -> list[Row]:
        """Run a query that was put together for this once."""
        return self.rows(Statement(query))
