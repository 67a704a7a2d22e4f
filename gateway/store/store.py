"""The store: it runs work in transactions, and what it returned from is durable.

There is one writer at a time, on both databases. On SQLite that is the writer's thread with
SQLite's write lock; on PostgreSQL it is the replica with an advisory lock. So a decision can read
and then write without row locks: nothing that it read changes meanwhile.

The functions in `state`, `outbox` and `queries` take the transaction first.
"""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from gateway.store.db import sqlite_check
from gateway.store.db.clocks import Clocks
from gateway.store.db.errors import StoreUnavailableError
from gateway.store.db.file_lock import FileLock
from gateway.store.db.location import connector, parse_url
from gateway.store.db.session import Session
from gateway.store.db.sqlite_log import Connections
from gateway.store.db.transaction import Tx
from gateway.store.db.worker import Job, Worker
from gateway.store.schema.version import check_version, prepare_database

T = TypeVar("T")


class Store:
    """A database and the threads that use it.

    `readers`: how many reads run at once. The timeouts are in seconds, see
    `gateway.store.db.location.connector`. Raises ValueError for an invalid URL. Properties can be
    read by any thread; methods are called in the event loop.
    """

    def __init__(
        self,
        url: str,
        *,
        readers: int = 2,
        busy_timeout: float = 5.0,
        lock_timeout: float = 10.0,
        statement_timeout: float = 30.0,
        clocks: Clocks = Clocks(),  # noqa: B008 - immutable
    ) -> None:
        self._location = parse_url(url)
        self._readers = readers
        self._timeouts: dict[str, Any] = {
            "busy_timeout": busy_timeout,
            "lock_timeout": lock_timeout,
            "statement_timeout": statement_timeout,
        }
        self._clocks = clocks
        self._connections = Connections()
        self._writes: SimpleQueue[Job | None] = SimpleQueue()
        self._reads: SimpleQueue[Job | None] = SimpleQueue()
        self._workers: list[Worker] = []
        self._file_lock: FileLock | None = None
        self._closed = True

    def __repr__(self) -> str:
        return f"Store({self._location.database})"

    @property
    def database(self) -> str:
        """Return which database it is: sqlite or postgresql."""
        return self._location.database

    @property
    def is_only_process(self) -> bool:
        """Return whether no other process had this database open when the store started.

        False on PostgreSQL, where that is not known.
        """
        return self._file_lock is not None and self._file_lock.is_only_process

    @property
    def has_other_process(self) -> bool:
        """Return whether another process had the SQLite file open when the store started."""
        return self._file_lock is not None and self._file_lock.has_other_process

    @property
    def backlog(self) -> int:
        """Return how many writes wait, as a measure of the load."""
        return self._writes.qsize()

    @property
    def epoch(self) -> int:
        """Return how often the writer connected.

        When it changes, drop all caches of the database: a commit may have been lost with the
        connection, or an older copy restored.
        """
        return self._workers[0].connections if self._workers else 0

    @property
    def problem(self) -> str | None:
        """Return why the writer's last transaction failed, without secrets, or None."""
        return self._workers[0].problem if self._workers else None

    async def start(self) -> None:
        """Connect; create or upgrade an embedded database before.

        Raises SchemaMismatchError if the tables are not those of this program, and
        StoreUnavailableError if the database cannot be reached.
        """
        await asyncio.to_thread(prepare_database, self._location)
        self._closed = False
        if self._location.path is not None:
            self._file_lock = FileLock(self._location.path)
        write, read = self._connector(reading=False), self._connector(reading=True)
        self._workers = [Worker("store-writer", write, self._writes)]
        self._workers += [
            Worker(f"store-reader-{number}", read, self._reads) for number in range(self._readers)
        ]
        try:
            await self.write(lambda tx: None)
        except BaseException:
            await self.close()
            raise

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Do work in a transaction of the writer; it is durable on return.

        An exception of the work undoes it and is raised here. After StoreUnavailableError it is
        not known whether it was saved. Work that has begun is finished even if the caller is
        cancelled. It must wait for nothing but the database, because all other writes wait for it.
        """
        return await self._submit(self._writes, work)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Do work that only reads, in a reader's thread on one snapshot."""
        return await self._submit(self._reads, work)

    async def table_names(self) -> list[str]:
        """Return the names of the tables of an SQLite file. Raises StoreUnavailableError.

        Return an empty list for PostgreSQL, which checks its files itself.
        """
        if self._location.path is None or self._closed:
            return []
        return await asyncio.to_thread(sqlite_check.table_names, self._connector(reading=True))

    async def is_damaged(self, table: str) -> bool:
        """Return whether this table is damaged on the disk. Raises StoreUnavailableError.

        The table is read on a connection of its own, so no other work waits.
        """
        return await asyncio.to_thread(
            sqlite_check.is_damaged, self._connector(reading=True), table
        )

    async def close(self) -> None:
        """Finish the waiting work and disconnect."""
        if self._closed:
            return
        self._closed = True
        self._writes.put(None)
        for _ in range(self._readers):
            self._reads.put(None)
        for worker in self._workers:
            await asyncio.to_thread(worker.join)
        if self._file_lock is not None:
            self._file_lock.close()

    async def _submit(self, queue: "SimpleQueue[Job | None]", work: Callable[[Tx], T]) -> T:
        if self._closed:
            raise StoreUnavailableError("the database connection is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        queue.put(Job(work, future))
        return await future

    def _connector(self, *, reading: bool) -> Callable[[], Session]:
        connect = connector(
            self._location,
            reading=reading,
            clocks=self._clocks,
            connections=self._connections,
            **self._timeouts,
        )

        def connect_and_check() -> Session:
            session = connect()
            try:
                check_version(session)
            except BaseException:
                session.close()
                raise
            return session

        return connect_and_check
