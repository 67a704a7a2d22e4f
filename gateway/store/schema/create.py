"""Making the tables of a new embedded database, without the migrations.

Those are for databases that exist. To load and run all of them for a new one costs a first start
a third of a second, and 20 MB for as long as it runs; a test holds the outcome of both together.
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
"""Seconds to wait for another process that makes the same tables."""

# As alembic makes it, which migrates from there.
_VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def create_tables(location: Location) -> bool:
    """Make the newest tables where a file has none or does not exist, in one transaction.

    False where it has tables: they are another version's, or another program's. Two at once do it
    one after the other. Raises StoreUnavailableError.
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
            _create_all(connection)
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise as_store_error(error) or error from error
    log.info("database made at version %s", HEAD)
    return True


def _create_all(connection: sqlite3.Connection) -> None:
    words = dialect()
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=words)))
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            connection.execute(str(CreateIndex(index).compile(dialect=words)))
    connection.execute(_VERSION_TABLE)
    connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", COUNTERS.items())
