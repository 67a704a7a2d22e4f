"""The version of the tables: reading, checking and upgrading it."""

import sqlite3

from sqlalchemy import Column, MetaData, Table, Text, select

from gateway.store.db.errors import SchemaMismatchError, as_store_error
from gateway.store.db.location import Location, connector, parse_url
from gateway.store.db.session import Session
from gateway.store.db.statement import POSTGRESQL, Statement

HEAD = "0036"
"""The newest migration. A constant, so that starting does not load alembic."""

COMPATIBLE_FROM = "0036"
"""The oldest version whose program can use the newest tables on PostgreSQL.

So two releases run side by side during a roll-out. Set it to HEAD with a migration that renames,
removes or requires anything, or that stores what older programs misread. Too low: older replicas
fail or misread. Too high: they are refused, and an upgrade needs a stop.
"""

MOVED = "moved"
"""Version of a file whose rows were moved to PostgreSQL. It sorts behind the numbers, so releases
that do not know it refuse it as newer."""

COMPATIBLE_COMMENT = " is compatible from "
"""Stands between the version that a comment is about and the oldest compatible one."""

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's SQLSTATE for a table that does not exist."""

_alembic_version = Table("alembic_version", MetaData(), Column("version_num", Text))
_READ_REVISION = Statement(select(_alembic_version.c.version_num))


def head_revision() -> str:
    """Return the version that this program needs."""
    return HEAD


def current_revision(url: str) -> str | None:
    """Return the version of a database; None if it is empty.

    Raises StoreUnavailableError.
    """
    location = parse_url(url)
    if location.path is not None and not location.path.exists():
        return None
    try:
        session = connector(location, reading=True)()
        try:
            return _read_revision(session)
        finally:
            session.close()
    except Exception as error:
        raise as_store_error(error) or error from error


def check_version(session: Session) -> None:
    """Raise SchemaMismatchError unless the tables are those of this program."""
    revision = _read_revision(session)
    if revision == HEAD:
        return
    if revision is None:
        raise SchemaMismatchError("the database has no tables yet: run `gateway migrate`")
    if revision < HEAD:
        raise SchemaMismatchError(
            f"the database is at version {revision}, this program needs {HEAD}:"
            " run `gateway migrate`"
        )
    if not _is_compatible(session, revision):
        raise SchemaMismatchError(newer_text(revision))


def newer_text(revision: str) -> str:
    """Return why a database of a newer version cannot be used, and what to do."""
    if revision == MOVED:
        return "the database was moved to PostgreSQL: set GATEWAY_DATABASE_URL to its URL"
    return (
        f"the database is at version {revision}, newer than this program's {HEAD}:"
        " update the program"
    )


def migrate(url: str) -> None:
    """Upgrade the tables of a database to the newest version. See `schema.upgrade`."""
    # Imported late, because alembic takes a third of a second and is rarely needed.
    from gateway.store.schema import upgrade

    upgrade.migrate(url)


def prepare_database(location: Location) -> None:
    """Create or upgrade the embedded database. An admin upgrades PostgreSQL."""
    if location.path is None:
        return
    url = f"sqlite:///{location.path}"
    revision = current_revision(url)
    if revision is None:
        # Imported late, because it is needed once for each database.
        from gateway.store.schema.create import create_tables

        if create_tables(location):
            return
        revision = current_revision(url)  # another process may have created it just now
    if revision != HEAD:
        migrate(url)


def _is_compatible(session: Session, revision: str) -> bool:
    """Return whether a newer database says that this program can use it.

    It says so in a comment on its table of versions, which older programs neither read nor change.
    """
    if revision == MOVED or session.database != POSTGRESQL:
        return False
    rows = session.rows("SELECT obj_description('alembic_version'::regclass, 'pg_class')", ())
    written_for, words, oldest = (rows[0][0] or "").partition(COMPATIBLE_COMMENT)
    return written_for == revision and bool(words) and oldest <= HEAD


def _read_revision(session: Session) -> str | None:
    try:
        rows = session.rows(*_READ_REVISION.for_database(session.database, {}))
    except Exception as error:
        undefined = getattr(error, "sqlstate", None) == UNDEFINED_TABLE
        missing = isinstance(error, sqlite3.OperationalError) and as_store_error(error) is None
        if undefined or missing:
            return None
        raise
    return rows[0][0] if rows else None
