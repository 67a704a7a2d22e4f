"""The state of a database as an admin must know it, read without a gateway."""

from typing import NamedTuple

from gateway import clock
from gateway.store.db.errors import SchemaMismatchError, as_store_error
from gateway.store.db.location import Location, connector, parse_url
from gateway.store.db.session import Session
from gateway.store.db.statement import POSTGRESQL
from gateway.store.schema.version import HEAD, MOVED, check_version, current_revision
from gateway.store.transfer import sqlite_file

_LAST_WRITE = "SELECT value FROM meta WHERE name = 'alive_at'"


class Diagnosis(NamedTuple):
    """What is known about a database. None: it does not apply, or is not known."""

    database: str
    program: str
    """The database's own version."""
    revision: str | None
    """Version of the tables."""
    needed: str
    """Version of the tables that this program needs."""
    problem: str | None
    """Why no gateway can work on it, in words without secrets."""
    ahead: float | None = None
    """Seconds that this machine's clock is ahead of the database's."""
    last_write: float | None = None
    """Unix seconds at which a gateway last wrote."""


def diagnose(url: str) -> Diagnosis:
    """Return the state of a database. Blocks. Raises StoreUnavailableError and ValueError."""
    location = parse_url(url)
    revision = current_revision(url)
    if location.path is not None and revision is None:
        return Diagnosis(location.database, "", None, HEAD, None)
    try:
        session = connector(location, reading=True)()
        try:
            return _read(session, location, revision)
        finally:
            session.close()
    except Exception as error:
        raise as_store_error(error) or error from error


def _read(session: Session, location: Location, revision: str | None) -> Diagnosis:
    session.begin()
    problem, ahead = None, None
    if session.database == POSTGRESQL:
        query = "SELECT extract(epoch FROM clock_timestamp())::float8"
        before = clock.now()
        reading = session.rows(query, ())[0][0]
        ahead = (before + clock.now()) / 2 - reading
        program = session.rows("SHOW server_version", ())[0][0].split()[0]
        if session.rows("SELECT pg_is_in_recovery()", ())[0][0]:
            problem = "it is a standby, which cannot be written"
    else:
        program = session.rows("SELECT sqlite_version()", ())[0][0]
    if revision is not None and revision > HEAD:
        try:
            check_version(session)
        except SchemaMismatchError as error:
            problem = error.reason
    rows = session.rows(_LAST_WRITE, ()) if revision not in (None, MOVED) else []
    last_write = rows[0][0] / 1000 if rows else None
    session.commit()
    if location.path is not None:
        with sqlite_file.opened(location.path, reading=True) as connection:
            sqlite_file.check_pages(connection, location.path)
    return Diagnosis(session.database, program, revision, HEAD, problem, ahead, last_write)
