"""Errors of a database, in words without secrets."""

import sqlite3
import sys
from typing import TYPE_CHECKING

from gateway.core.errors import GatewayError

if TYPE_CHECKING:
    import psycopg


class StoreError(GatewayError):
    """The base of the store's errors."""


class StoreUnavailableError(StoreError):
    """The database cannot be written or read; the next attempt may succeed.

    HTTP clients get 503. `reason` never holds a URL, a password or data. After a failed commit it
    is not known whether the work was saved: do it again.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SchemaMismatchError(StoreUnavailableError):
    """The tables are older or newer than those of this program."""


# Result codes by their primary part: https://www.sqlite.org/rescode.html
_SQLITE_REASONS = {
    3: "the database file may not be accessed: check its owner and mode",
    5: "the database is locked by another process",
    6: "the database is locked by another process",
    7: "out of memory",
    8: "the database is read-only",
    10: "the disk that holds the database fails (input/output error)",
    11: "the database file is damaged",
    13: "the disk that holds the database is full",
    14: "the database file cannot be opened",
    15: "the database is locked by another process",
    26: "the file is no SQLite database",
}

# SQLSTATE, whole or class: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_REASONS = {
    "25006": "the database is read-only (a standby?)",
    "25P03": "the database ended an idle transaction",
    "28": "the database refuses the user name or password",
    "3D000": "the database does not exist",
    "40": "the database gave up a transaction in favour of another",
    "53100": "the disk of the database is full",
    "53": "the database is short of resources",
    "55P03": "another gateway holds the database for too long",
    "57014": "the database took too long",
    "57": "the database is shutting down or starting",
    "58": "the database's system fails",
    "08": "the connection to the database broke",
    "XX": "the database reports an internal error",
}


def as_store_error(error: Exception) -> StoreUnavailableError | None:
    """Return the store's error for a driver's; None for a fault of the program."""
    if isinstance(error, StoreUnavailableError):
        return error
    if isinstance(error, sqlite3.Error):
        reason = _SQLITE_REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        return None if reason is None else StoreUnavailableError(reason)
    # psycopg is not loaded with SQLite, because it takes 0.1 s and 9 MB. Then it raised nothing.
    if "psycopg" in sys.modules:
        from psycopg import Error

        if isinstance(error, Error):
            return _from_postgres(error)
    return None


def _from_postgres(error: "psycopg.Error") -> StoreUnavailableError | None:
    from psycopg import InterfaceError, OperationalError

    state = error.sqlstate
    if state is None:
        # libpq itself: no server, broken pipe, timeout. Programming errors always have a state.
        lost = isinstance(error, OperationalError | InterfaceError)
        return StoreUnavailableError("the database cannot be reached") if lost else None
    reason = _POSTGRES_REASONS.get(state) or _POSTGRES_REASONS.get(state[:2])
    return None if reason is None else StoreUnavailableError(f"{reason} (SQLSTATE {state})")
