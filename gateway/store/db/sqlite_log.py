"""Checks of the write-ahead log of the embedded database while it is in use.

SQLite goes on writing into an unlinked log: commits succeed, and a crash loses all of them. So the
log is checked before each writing transaction and after its commit. A connection that has the lost
log open can still read it. It is therefore copied into the database at once. Then all connections
are closed and opened again.

The size of the log shows that it was truncated. Its content is then lost. Without that check
SQLite would write behind the gap, and every later commit would be lost, too.
"""

import logging
import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

LOG_SAVED = (
    "the write-ahead log beside the database was removed, replaced or cut while in use;"
    " all of it has been saved"
)
LOG_NOT_SAVED = (
    "the write-ahead log beside the database was removed, replaced or cut while in use,"
    " and could not be saved"
)

Identity = tuple[int, int] | None


class Reader(Protocol):
    """A connection that only reads, and holds `busy` while it does."""

    busy: threading.Lock

    def disconnect(self) -> None:
        """Close the connection; the next transaction on it fails."""


class Connections:
    """The connections of this process to one database file.

    While one of them is open, SQLite shares the index of the old log (`-shm`) with every new one,
    because its unix VFS keeps one for each file. So all are closed before one is opened again.
    `lock` guards `readers`, and is held while connections are opened or closed.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.readers: set[Reader] = set()

    def save_lost_log(self, writer: sqlite3.Connection, path: Path) -> bool:
        """Save the log that `writer` has open, and close all connections.

        Return whether all of it was copied into the database. Called by the writer's thread,
        between transactions.
        """
        with self.lock:
            for reader in tuple(self.readers):
                with reader.busy:
                    reader.disconnect()
            self.readers.clear()
            saved = False
            try:
                # SQLite flushes the database before it empties the log (synchronous = FULL).
                busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                saved = not busy
            except sqlite3.Error as error:
                log.error("the lost write-ahead log could not be read: %s", error)
            with suppress(sqlite3.Error):
                writer.close()  # the last one: it also removes the files in place of the log
        log.error("%s (%s)", LOG_SAVED if saved else LOG_NOT_SAVED, path)
        return saved


def log_identity(path: Path) -> tuple[Identity, Identity]:
    """Return device and inode of a database's log and its index, if any."""
    return _identity(f"{path}-wal"), _identity(f"{path}-shm")


def log_size(path: Path) -> int:
    """Return the size of the log of a database in bytes; 0 if it is missing.

    SQLite never truncates it between two transactions. It does so within a commit, down to
    `journal_size_limit` (https://www.sqlite.org/pragma.html#pragma_journal_size_limit).
    """
    try:
        return os.stat(f"{path}-wal").st_size
    except OSError:
        return 0


def _identity(name: str) -> Identity:
    try:
        status = os.stat(name)
    except OSError:
        return None
    return status.st_dev, status.st_ino
