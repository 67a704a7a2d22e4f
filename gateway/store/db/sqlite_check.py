"""Damage in an SQLite file, by SQLite's own check of a table."""

import sqlite3
from collections.abc import Callable

from gateway.store.db.errors import StoreUnavailableError, as_store_error
from gateway.store.db.session import Session

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def table_names(connect: Callable[[], Session]) -> list[str]:
    """Return the names of all tables. Blocks. Raises StoreUnavailableError."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    session = _connect(connect)
    try:
        return [name for (name,) in session.rows(query, ())]
    except sqlite3.Error as error:
        if _means_damage(error):
            return ["sqlite_master"]
        raise as_store_error(error) or error from error
    finally:
        session.close()


def is_damaged(connect: Callable[[], Session], table: str) -> bool:
    """Return whether the pages of a table or its indexes are damaged.

    Open a connection for it, because the page caches of others would hide damage on the disk.
    Blocks while the whole table is read. Raises StoreUnavailableError for other failures.
    `PRAGMA quick_check` reads every page, but does not compare indexes with their table
    (https://www.sqlite.org/pragma.html#pragma_quick_check).
    """
    session = _connect(connect)
    try:
        session.begin()
        quoted = table.replace("'", "''")
        rows = session.rows(f"PRAGMA quick_check('{quoted}')", ())
        session.commit()
        return [row[0] for row in rows] != ["ok"]
    except sqlite3.Error as error:
        if _means_damage(error):
            return True
        raise as_store_error(error) or error from error
    finally:
        session.close()


def _connect(connect: Callable[[], Session]) -> Session:
    try:
        return connect()
    except sqlite3.Error as error:
        raise as_store_error(error) or StoreUnavailableError(
            "the database cannot be opened"
        ) from error


def _means_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
