"""A complete SQLite file: its tables, digests, version, and its unfinished messages."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnClause, column, func, select, table
from sqlalchemy.dialects.sqlite import dialect

from gateway.store.db.errors import StoreUnavailableError, as_store_error
from gateway.store.transfer.digest import TableDigest
from gateway.store.transfer.progress import PAGE, Progress, TransferRefusedError

SUFFIXES = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite puts beside a database."""

_WAIT = 5.0
"""Seconds to wait for another process that holds a lock on the file."""


@contextmanager
def opened(path: Path, *, reading: bool = False) -> Iterator[sqlite3.Connection]:
    """Open an existing file without a transaction. Raises StoreUnavailableError."""
    try:
        with closing(
            sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=_WAIT
            )
        ) as connection:
            if reading:
                connection.execute("PRAGMA query_only = ON")
            yield connection
    except sqlite3.Error as error:
        raise as_store_error(error) or StoreUnavailableError(
            "the file is not a complete database"
        ) from error


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Raise TransferRefusedError if pages of the file are damaged."""
    if connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise TransferRefusedError(f"{path} is damaged: use another backup")


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of all tables, those of no gateway included."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " ORDER BY name"
    )
    return [name for (name,) in connection.execute(query)]


def digests(connection: sqlite3.Connection, progress: Progress) -> dict[str, str]:
    """Return the digest of each table, of values as SQLite stores them."""
    result = {}
    for name in table_names(connection):
        digest = TableDigest()
        quoted = dialect().identifier_preparer.quote(name)
        columns: list[ColumnClause[Any]] = [
            column(row[1]) for row in connection.execute(f"PRAGMA table_info({quoted})")
        ]
        cursor = connection.execute(str(select(*columns).select_from(table(name))))
        while rows := cursor.fetchmany(PAGE):
            digest.add(rows)
            progress(name, digest.rows)
        result[name] = str(digest)
    return result


def unfinished_messages(connection: sqlite3.Connection) -> int:
    """Return how many messages wait or are in flight; 0 in a file without notices."""
    if "notices" not in table_names(connection):
        return 0
    waiting = select(func.count()).select_from(table("notices"))
    query = waiting.where(column("next_at").is_not(None))
    count: int = connection.execute(str(query.compile(dialect=dialect()))).fetchone()[0]
    return count


def remove(path: Path) -> None:
    """Delete a file and those beside it, if they exist."""
    for suffix in ("", *SUFFIXES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def finish(path: Path) -> None:
    """Put all into the one file, without a log beside it."""
    with opened(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
