"""Creation of the tables of a new embedded database, without the migrations.

Running all migrations would cost a first start a third of a second, and 20 MB until it ends. A
test compares the results of both.
"""

import logging
import sqlite3
from contextlib import closing

from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from gateway.store.db import sqlite
from gateway.store.db.errors import as_store_error
from gateway.store.db.location import Location
from gateway.store.schema.tables import COUNTERS, metadata
from gateway.store.schema.version import HEAD

log = logging.getLogger(__name__)

_LOCK_TIMEOUT = 30.0
"""Seconds to wait for another process that creates the same tables."""

# As alembic creates it, because later migrations start from it.
_VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def create_tables(location: Location) -> bool:
    """Create the newest tables in a file without tables, in one transaction.

    Return False if it has tables, which are of another version or another program. Of two
    processes one waits for the other. Raises StoreUnavailableError.
    """
    assert location.path is not None
    sqlite.create_file(location.path)
    uri = f"{location.path.resolve().as_uri()}?mode=rw"
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_LOCK_TIMEOUT)
        with closing(connection):
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
                return False
            create_all(connection)
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise as_store_error(error) or error from error
    log.info("database created at version %s", HEAD)
    return True


def create_all(connection: sqlite3.Connection) -> None:
    """Create the newest tables on a connection to an empty database."""
    sqlite_dialect = dialect()
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=sqlite_dialect)))
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            connection.execute(str(CreateIndex(index).compile(dialect=sqlite_dialect)))
    connection.execute(_VERSION_TABLE)
    connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", COUNTERS.items())
