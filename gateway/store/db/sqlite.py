"""Connections to an SQLite file: one writer, and readers beside it."""

import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gateway import clock
from gateway.files import PRIVATE_MODE, make_folder, sync_folder
from gateway.store.db.bulk import Bulk
from gateway.store.db.clocks import Clocks, TransactionStart
from gateway.store.db.errors import StoreUnavailableError
from gateway.store.db.session import Row
from gateway.store.db.sqlite_log import (
    LOG_NOT_SAVED,
    LOG_SAVED,
    Connections,
    log_identity,
    log_size,
)
from gateway.store.db.statement import SQLITE

log = logging.getLogger(__name__)

MIN_VERSION = (3, 35, 0)  # RETURNING: https://www.sqlite.org/releaselog/3_35_0.html

_WAL_ATTEMPTS = 20
"""How often to try to switch to write-ahead logging while other processes use the file."""

_FILE_REPLACED = "the database file is gone or was replaced"

# synchronous=FULL: in WAL mode only FULL makes a commit survive a power cut
# (https://www.sqlite.org/pragma.html#pragma_synchronous).
_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA temp_store = MEMORY",
    # A commit with a checkpoint takes 10 to 30 ms instead of 1 ms. With SQLite's 1,000 pages that
    # would be more than one alert in a hundred; 10,000 pages are 40 MB beside the file.
    "PRAGMA wal_autocheckpoint = 10000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -16000",
)
_READER_SETTINGS = ("PRAGMA query_only = ON", "PRAGMA cache_size = -4000")


class SQLiteSession:
    """A connection to the file; with `reading`, one that cannot write."""

    database = SQLITE

    def __init__(
        self,
        path: Path,
        *,
        reading: bool,
        busy_timeout: float,
        clocks: Clocks = Clocks(),  # noqa: B008 - immutable
        connections: Connections | None = None,
    ) -> None:
        if sqlite3.sqlite_version_info < MIN_VERSION:
            raise StoreUnavailableError(
                f"SQLite {'.'.join(map(str, MIN_VERSION))} or newer is needed,"
                f" this Python brings {sqlite3.sqlite_version}"
            )
        self._path = path
        self._clocks = clocks
        self._reading = reading
        self._connections = connections or Connections()
        self._closed, self._holds_busy = True, False
        self._timeout = busy_timeout
        self.busy = threading.Lock()
        self.start = TransactionStart(0.0, 0.0)
        self._connect()

    def _connect(self) -> None:
        with self._connections.lock:
            self._open()
            self._closed = False
            if self._reading:
                self._connections.readers.add(self)

    def _open(self) -> None:
        # mode=rw, because SQLite must not replace a missing file by an empty one.
        self._connection = sqlite3.connect(
            f"{self._path.resolve().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=self._timeout,
            cached_statements=512,
            check_same_thread=False,
        )
        try:
            for setting in _READER_SETTINGS if self._reading else _SETTINGS:
                self._connection.execute(setting)
            if not self._reading:
                _enable_wal(self._connection)
                self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            self._file = self._identity()
            self._log_identity, self._log_size = log_identity(self._path), log_size(self._path)
        except BaseException:
            self.close()
            raise

    def begin(self) -> None:
        if self._reading:
            self._holds_busy = self.busy.acquire()
        if self._closed:
            if not self._reading:
                raise StoreUnavailableError(LOG_SAVED)
            self._connect()  # the writer closed it, to save a lost log
        # SQLite would go on writing into an unlinked file, and all of that would be lost.
        if self._identity() != self._file:
            raise StoreUnavailableError(_FILE_REPLACED)
        if self._reading:
            self._connection.execute("BEGIN")
            return
        if self._is_log_lost() or log_size(self._path) < self._log_size:
            raise StoreUnavailableError(LOG_SAVED if self._save_log() else LOG_NOT_SAVED)
        self._connection.execute("BEGIN IMMEDIATE")
        clocks = self._clocks
        self.start = TransactionStart(clocks.monotonic(), (clocks.lease or clock.unadjusted_now)())

    def commit(self) -> None:
        self._connection.execute("COMMIT")
        # A commit into a lost log is safe once the log is saved.
        if not self._reading and self._is_log_lost() and not self._save_log():
            raise StoreUnavailableError(LOG_NOT_SAVED)
        self._log_size = log_size(self._path)
        self._release_busy()

    def rollback(self) -> None:
        if not self._closed and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._release_busy()

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
        self.disconnect()
        self._connections.readers.discard(self)
        self._release_busy()

    def disconnect(self) -> None:
        """Close the connection; the next transaction on it fails."""
        self._closed = True
        with suppress(sqlite3.Error):
            self._connection.close()

    def _release_busy(self) -> None:
        if self._holds_busy:
            self._holds_busy = False
            self.busy.release()

    def _is_log_lost(self) -> bool:
        # On a file system without shared memory SQLite uses no write-ahead log.
        return self._log_identity[0] is not None and log_identity(self._path) != self._log_identity

    def _save_log(self) -> bool:
        self._closed = True
        return self._connections.save_lost_log(self._connection, self._path)

    def _identity(self) -> tuple[int, int]:
        try:
            status = os.stat(self._path)
        except OSError:
            raise StoreUnavailableError(_FILE_REPLACED) from None
        return status.st_dev, status.st_ino


def create_file(path: Path) -> None:
    """Create an empty file that only its owner can read, unless it exists.

    Its folder is created as well. A file that other users can read is used, and a warning logged:
    it holds no secrets, but names, addresses and alerts. Raises StoreUnavailableError if the file
    or folder cannot be created.
    """
    try:
        make_folder(path.parent)
        # O_EXCL opens a new file only. Closing one that SQLite has open in this process would drop
        # SQLite's locks on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, PRIVATE_MODE))
        sync_folder(path.parent)
    except FileExistsError:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & stat.S_IRWXO:
            log.warning(
                "%s can be read or changed by other users (mode %04o): run chmod 600 %s*",
                path,
                mode,
                path,
            )
    except OSError as error:
        raise StoreUnavailableError(
            f"the database file cannot be opened: {error.strerror}"
        ) from None


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging for good.

    The switch itself does not wait for the locks of other processes, so an empty transaction does.
    """
    for attempt in range(_WAL_ATTEMPTS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == _WAL_ATTEMPTS - 1:
                raise
        else:
            return
