"""Upgrade of a database's tables to the version that this program needs."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gateway.store.db import sqlite
from gateway.store.db.errors import SchemaMismatchError, as_store_error
from gateway.store.db.location import Location, parse_url
from gateway.store.db.postgres import WRITER_LOCK, connect
from gateway.store.schema.version import (
    COMPATIBLE_COMMENT,
    COMPATIBLE_FROM,
    HEAD,
    current_revision,
    newer_text,
)

log = logging.getLogger(__name__)


def migrate(url: str) -> None:
    """Upgrade the tables of a database to the newest version, in one transaction.

    Create an SQLite file if it does not exist. Of two processes one waits for the other. Raises
    StoreUnavailableError, or SchemaMismatchError if the database is newer than this program.
    """
    location = parse_url(url)
    if location.path is not None:
        sqlite.create_file(location.path)
    revision = current_revision(url)
    if revision is not None and revision > HEAD:
        raise SchemaMismatchError(newer_text(revision))
    try:
        with _locked_connection(location) as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            command.upgrade(_config(connection), "head")
            if location.path is None:
                comment = f"{HEAD}{COMPATIBLE_COMMENT}{COMPATIBLE_FROM}"
                connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{comment}'"))
    except DBAPIError as error:
        cause = error.orig if isinstance(error.orig, Exception) else error
        raise as_store_error(cause) or cause from error
    except Exception as error:
        raise as_store_error(error) or error from error
    if before is None:
        log.info("database created at version %s", HEAD)
    elif before != HEAD:
        log.info("database migrated from version %s to %s", before, HEAD)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _locked_connection(location: Location) -> Iterator[Connection]:
    """Yield a connection in a transaction that locks out all other writers."""
    if location.path is not None:
        uri = f"{location.path.resolve().as_uri()}?mode=rw"
        engine = create_engine(
            "sqlite://",
            poolclass=NullPool,
            creator=lambda: sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30.0),
        )
        lock = "BEGIN IMMEDIATE"
    else:
        engine = create_engine(
            "postgresql+psycopg://",
            poolclass=NullPool,
            creator=lambda: connect(location.url),
        )
        lock = f"BEGIN; SELECT pg_advisory_xact_lock({WRITER_LOCK})"
    with engine.connect() as connection:
        connection.execute(text(lock))
        yield connection
        connection.commit()
