"""A transaction, as the functions of this package see it."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.sql.expression import ClauseElement

from gateway.store.db.bulk import Bulk, Rows
from gateway.store.db.errors import unavailable
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
        return self._session.moment.lease_now

    @property
    def began(self) -> float:
        """Seconds of the monotonic clock when the transaction began; only while writing."""
        return self._session.moment.began

    @property
    def ahead(self) -> float:
        """Seconds that this replica's clock is ahead of the database's; only while writing."""
        return self._session.moment.ahead

    def rows(self, statement: Statement, **given: Any) -> list[Row]:
        """Run a query."""
        return self._session.rows(*statement.on(self._session.database, given))

    def row(self, statement: Statement, **given: Any) -> Row | None:
        """Run a query; return its first row."""
        found = self.rows(statement, **given)
        return found[0] if found else None

    def run(self, statement: Statement, **given: Any) -> int:
        """Run a write; return how many rows it touched."""
        return self._session.run(*statement.on(self._session.database, given))

    def bulk(self, bulk: Bulk, rows: Rows) -> None:
        """Run a bulk write."""
        if rows:
            self._session.many(bulk, rows)

    def apart(self, work: Callable[["Tx"], T]) -> T:
        """Do work behind a savepoint: what it raises undoes its own part only, and is raised.

        Raises StoreUnavailable for trouble of the database itself: all of the transaction is lost.
        """
        self._session.save()
        try:
            done = work(self)
        except Exception as error:
            if (trouble := unavailable(error)) is not None:
                raise trouble from error
            self._session.undo()
            raise
        self._session.keep()
        return done

    def select(self, query: ClauseElement) -> list[Row]:
        """Run a query that was put together for this once."""
        return self.rows(Statement(query))
