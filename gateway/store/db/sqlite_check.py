"""Damage in an SQLite file: what SQLite's own check of a table finds."""

import sqlite3
from collections.abc import Callable

from gateway.store.db.errors import StoreUnavailable, unavailable
from gateway.store.db.session import Session

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def tables(connect: Callable[[], Session]) -> list[str]:
    """Return the names of all tables. Blocks; raises StoreUnavailable."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    session = _connected(connect)
    try:
        return [name for (name,) in session.rows(names, ())]
    except sqlite3.Error as error:
        if _is_damage(error):
            return ["sqlite_master"]
        raise unavailable(error) or error from error
    finally:
        session.close()


def damage(connect: Callable[[], Session], table: str) -> bool:
    """Whether the pages of a table and its indexes are damaged.

    Opens a connection, because pages that others have in memory would hide what is on the disk.
    Blocks for as long as reading the table takes; raises StoreUnavailable for other trouble.
    `PRAGMA quick_check` reads every page and skips the comparison of indexes with their table
    (https://www.sqlite.org/pragma.html#pragma_quick_check).
    """
    session = _connected(connect)
    try:
        session.begin()
        quoted = table.replace("'", "''")
        found = session.rows(f"PRAGMA quick_check('{quoted}')", ())
        session.commit()
        return [row[0] for row in found] != ["ok"]
    except sqlite3.Error as error:
        if _is_damage(error):
            return True
        raise unavailable(error) or error from error
    finally:
        session.close()


def _connected(connect: Callable[[], Session]) -> Session:
    try:
        return connect()
    except sqlite3.Error as error:
        raise unavailable(error) or StoreUnavailable("the database cannot be opened") from error


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
