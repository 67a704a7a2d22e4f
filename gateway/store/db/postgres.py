"""Connections to PostgreSQL: of any number of replicas, one writes at a time."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gateway import clock
from gateway.store.db.bulk import Bulk
from gateway.store.db.clocks import Clocks, TransactionStart
from gateway.store.db.errors import StoreUnavailableError
from gateway.store.db.session import Row
from gateway.store.db.statement import POSTGRESQL

WRITER_LOCK = 0x616C657274677721
"""The advisory lock of the writer: any number, but the same for all replicas of all releases."""

# A server that vanishes without closing its connections is noticed in about 25 seconds
# (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
_CONNECTION = {
    "application_name": "alert-gateway",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "client_encoding": "utf8",
}


class PostgresSession:
    """A connection to the server; `reading` makes read-only snapshots."""

    database = POSTGRESQL

    def __init__(
        self,
        url: str,
        *,
        reading: bool,
        lock_timeout: float,
        statement_timeout: float,
        clocks: Clocks = Clocks(),  # noqa: B008 - immutable
    ) -> None:
        limits = (
            f"SET LOCAL statement_timeout = {int(statement_timeout * 1000)};"
            # A client that hangs in a transaction blocks all replicas, so the server ends it.
            f"SET LOCAL idle_in_transaction_session_timeout = {int(statement_timeout * 1000)}"
        )
        # Several statements in one message take one round trip. SET LOCAL, because settings of the
        # session would be lost behind a pooler in transaction mode.
        if reading:
            self._begin = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;{limits}".encode()
        else:
            # READ COMMITTED, because a snapshot (the server's default may be one) would be older
            # than the lock.
            self._begin = (
                f"BEGIN ISOLATION LEVEL READ COMMITTED;{limits};"
                f"SET LOCAL lock_timeout = {int(lock_timeout * 1000)};"
                f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"
            ).encode()
        self._clocks = clocks
        self._reading = reading
        self.start = TransactionStart(0.0, 0.0)
        self._connection = connect(url)
        try:
            if self.rows("SHOW synchronous_commit", ()) == [("off",)]:
                self._begin += b";SET LOCAL synchronous_commit = on"
            if not reading:  # last, to read the clock after the wait for the lock
                self._begin += b";SELECT extract(epoch FROM clock_timestamp())::float8"
        except BaseException:
            self.close()
            raise

    def begin(self) -> None:
        if self._reading:
            self._connection.execute(self._begin)
            return
        clocks = self._clocks
        began, before = clocks.monotonic(), clocks.now()
        cursor = self._connection.execute(self._begin)
        after = clocks.now()
        while cursor.nextset():  # each statement has a result, and the last one is the clock
            continue
        (row,) = cursor.fetchall()
        skew, stepped = clocks.compare(before, after, row[0])
        if clock.is_skewed(stepped):  # the work was prepared with a wrong time
            raise StoreUnavailableError(f"this gateway's clock was {abs(stepped):.0f} s wrong")
        self.start = TransactionStart(began, clocks.lease() if clocks.lease else row[0], skew)

    def commit(self) -> None:
        # After a failed statement the server answers COMMIT with ROLLBACK, and no error.
        if self._connection.execute("COMMIT").statusmessage != "COMMIT":
            raise StoreUnavailableError("the database rolled the transaction back")

    def rollback(self) -> None:
        if self._connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self._connection.execute("ROLLBACK")

    def savepoint(self) -> None:
        self._connection.execute("SAVEPOINT work")

    def release_savepoint(self) -> None:
        self._connection.execute("RELEASE work")

    def rollback_to_savepoint(self) -> None:
        self._connection.execute("ROLLBACK TO work; RELEASE work")

    def rows(self, text: str, values: Sequence[Any]) -> list[Row]:
        return self._connection.execute(text.encode(), values or None).fetchall()

    def run(self, text: str, values: Sequence[Any]) -> int:
        return self._connection.execute(text.encode(), values or None).rowcount

    def write_rows(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        for part in bulk.to_json(bulk.deduplicate(rows)):
            self._connection.execute(bulk.postgresql_text, (part,))

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()


def connect(url: str) -> psycopg.Connection[Row]:
    """Connect as the URL says, without a transaction. Raises psycopg's errors."""
    options = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
    settings: dict[str, Any] = {**_CONNECTION, **options}
    return psycopg.connect(**settings, autocommit=True)
