"""A store in memory, for virtual time: the real tables and queries, without threads and disk."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from queue import SimpleQueue
from typing import TypeVar

from gateway.store.db.clocks import Clocks
from gateway.store.db.errors import StoreUnavailableError, as_store_error
from gateway.store.db.sqlite_memory import MemorySession
from gateway.store.db.transaction import Tx
from gateway.store.db.worker import Job
from gateway.store.schema.create import create_all
from gateway.store.store import Store

T = TypeVar("T")


class MemoryStore(Store):
    """Runs each job at once, in a transaction of its own. It is empty at each start."""

    def __init__(self, clocks: Clocks) -> None:
        super().__init__("sqlite:////memory", clocks=clocks)
        self._session: MemorySession | None = None

    async def start(self) -> None:
        """Open a database with the newest tables and nothing in them."""
        self._session = MemorySession(_new_database(), self._clocks)
        self._closed = False

    async def table_names(self) -> list[str]:
        """Return no table: there is no file that a disk could damage."""
        return []

    async def close(self) -> None:
        """Forget everything."""
        self._closed = True
        if self._session is not None:
            self._session.close()
            self._session = None

    async def _submit(self, queue: "SimpleQueue[Job | None]", work: Callable[[Tx], T]) -> T:
        if self._session is None:
            raise StoreUnavailableError("the database connection is closed")
        session = self._session
        session.begin()
        try:
            result = work(Tx(session))
        except BaseException as error:
            session.rollback()
            failure = as_store_error(error) if isinstance(error, Exception) else None
            if failure is not None:
                raise failure from error
            raise
        session.commit()
        return result


@cache
def _new_database() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create_all(connection)
        return connection.serialize()
