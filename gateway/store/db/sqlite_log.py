"""The write-ahead log of the embedded database, watched while it is in use.

SQLite goes on writing into a log that was unlinked: commits succeed, and all of them are gone
after a crash. The log is therefore looked at before each writing transaction and after its
commit. What is in a lost log can still be read by those who have it open, so it is copied into
the database at once, and then everything is closed and opened anew.

A log that somebody cut short is noticed by its size. What was in it is lost; without that check
SQLite would write on behind the gap, and every later commit would be lost as well.
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
    """A connection that only reads; `busy` is held while it does."""

    busy: threading.Lock

    def disconnect(self) -> None:
        """Close the connection; the next transaction on it fails."""


class Connections:
    """The connections of this process to one database file.

    While one of them is open, SQLite shares the index of the old log (`-shm`) with every new one
    (its unix VFS keeps one for each file). So all of them are closed before one is opened anew.
    `lock` is held while connections are opened or closed together.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.readers: set[Reader] = set()

    def save_lost_log(self, writer: sqlite3.Connection, path: Path) -> bool:
        """Copy the log that `writer` has open into the database, and close all connections.

        Returns whether everything was copied. To be called between two transactions.
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
                writer.close()  # the last one: it also removes what lies there instead of the log
        log.error("%s (%s)", LOG_SAVED if saved else LOG_NOT_SAVED, path)
        return saved


def log_identity(path: Path) -> tuple[Identity, Identity]:
    """Return which files the log of a database and its index are; None for one that is missing."""
    return _identity(f"{path}-wal"), _identity(f"{path}-shm")


def log_size(path: Path) -> int:
    """Return how many bytes the log of a database has; 0 for one that is missing.

    Between two transactions SQLite never makes it shorter; to `journal_size_limit` it does so
    within a commit (https://www.sqlite.org/pragma.html#pragma_journal_size_limit).
    """
    try:
        return os.stat(f"{path}-wal").st_size
    except OSError:
        return 0


def _identity(name: str) -> Identity:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino
