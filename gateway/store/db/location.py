"""Database URLs: `sqlite:///PATH`, or `postgresql://…` as libpq reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.store.db.clocks import Clocks
from gateway.store.db.session import Session
from gateway.store.db.sqlite import SQLiteSession
from gateway.store.db.sqlite_log import Connections
from gateway.store.db.statement import POSTGRESQL, SQLITE

_SQLITE_PREFIX = "sqlite:///"
_POSTGRES_PREFIXES = ("postgresql://", "postgres://", "postgresql+psycopg://")


@dataclass(frozen=True, slots=True)
class Location:
    """A database. Its `repr` shows no URL, because that may have a password in it."""

    database: str
    path: Path | None = None
    url: str = field(default="", repr=False)


def parse_url(url: str) -> Location:
    """Read a database URL. Raises ValueError, without the URL, if it is invalid."""
    if url.startswith(_SQLITE_PREFIX) and (path := url.removeprefix(_SQLITE_PREFIX)):
        return Location(SQLITE, path=Path(path))
    for prefix in _POSTGRES_PREFIXES:
        if url.startswith(prefix):
            postgres_url = "postgresql://" + url.removeprefix(prefix)
            if _is_readable_by_libpq(postgres_url):
                return Location(POSTGRESQL, url=postgres_url)
    raise ValueError(
        "a database URL is sqlite:///PATH (sqlite:////PATH for an absolute one)"
        " or postgresql://USER:PASSWORD@HOST:PORT/NAME?OPTION=VALUE, as PostgreSQL's libpq reads it"
    )


def _is_readable_by_libpq(url: str) -> bool:
    """Return whether libpq can read a URL.

    Its own error is not used, because it repeats parts of the URL, perhaps the password.
    """
    # Imported late, here and below: psycopg takes 0.1 s and 9 MB, and SQLite does not need it.
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except Error:
        return False
    return True


def connector(
    location: Location,
    *,
    reading: bool,
    busy_timeout: float = 5.0,
    lock_timeout: float = 10.0,
    statement_timeout: float = 30.0,
    clocks: Clocks = Clocks(),  # noqa: B008 - immutable
    connections: Connections | None = None,
) -> Callable[[], Session]:
    """Return a function that opens a connection. Timeouts are in seconds.

    `busy_timeout`: how long to wait for other processes that lock the SQLite file. On PostgreSQL,
    `lock_timeout` is how long to wait for another replica's transaction. `statement_timeout` is
    the longest statement there, and the longest pause inside a transaction.
    """
    if location.path is not None:
        path = location.path
        return lambda: SQLiteSession(
            path,
            reading=reading,
            busy_timeout=busy_timeout,
            clocks=clocks,
            connections=connections,
        )
    from gateway.store.db.postgres import PostgresSession

    return lambda: PostgresSession(
        location.url,
        reading=reading,
        lock_timeout=lock_timeout,
        statement_timeout=statement_timeout,
        clocks=clocks,
    )
