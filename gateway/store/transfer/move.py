"""Move of an SQLite database to PostgreSQL, with everything in flight."""

from pathlib import Path
from typing import NamedTuple

from gateway.store.db.errors import as_store_error
from gateway.store.db.file_lock import exclusive_lock
from gateway.store.db.location import parse_url
from gateway.store.schema.version import HEAD, MOVED, current_revision, migrate
from gateway.store.transfer import sqlite_file
from gateway.store.transfer.inspect import refuse_newer
from gateway.store.transfer.progress import Progress, TransferRefusedError, no_progress


class Moved(NamedTuple):
    """What was moved."""

    rows: int
    unfinished: int
    """Messages that wait or are in flight."""
    resumed: bool
    """Whether all rows were there by an earlier move, which was ended before it marked the file."""


def move(file: Path, url: str, *, progress: Progress = no_progress) -> Moved:
    """Copy all rows of an SQLite file to an empty PostgreSQL database, then mark the file.

    The rows arrive in one transaction. No gateway may use either database; none starts on the
    marked file. Raises TransferRefusedError, StoreUnavailableError and OSError.
    """
    location = parse_url(url)
    if location.path is not None:
        raise TransferRefusedError(
            "GATEWAY_DATABASE_URL is the database to move to: set it to postgresql://…"
        )
    if not file.is_file():
        raise TransferRefusedError(f"{file}: there is no such file")
    try:
        with exclusive_lock(file) as free:
            if not free:
                raise TransferRefusedError(f"a gateway uses {file}: stop it, then try again")
            _check_version(file)
            refuse_newer(url)
            return _move(file, location.url, progress)
    except Exception as error:
        raise as_store_error(error) or error from error


def _check_version(file: Path) -> None:
    revision = current_revision(f"sqlite:///{file}")
    if revision == MOVED:
        raise TransferRefusedError(f"{file} was moved already")
    if revision != HEAD:
        raise TransferRefusedError(
            f"{file} is at version {revision}, this program needs {HEAD}:"
            f" run `gateway migrate` with GATEWAY_DATABASE_URL=sqlite:///{file} first"
        )


def _move(file: Path, url: str, progress: Progress) -> Moved:
    from gateway.store.transfer import postgres  # late, because psycopg takes 0.1 s

    migrate(url)
    with sqlite_file.opened(file) as source:
        sqlite_file.check_pages(source, file)
        source.execute("BEGIN IMMEDIATE")
        unfinished = sqlite_file.unfinished_messages(source)
        with postgres.writing(url) as target:
            resumed = postgres.has_rows(target)
            if not resumed:
                rows = postgres.copy_from_sqlite(source, target, progress)
            elif (digests := postgres.digests_of_sqlite(source)) == postgres.digests(
                target, progress
            ):
                rows = sum(int(digest.partition(":")[0]) for digest in digests.values())
            else:
                raise TransferRefusedError(
                    "the PostgreSQL database is not empty: name another one, or delete its tables"
                )
        # After the commit. Killed before this line, the next move finds equal rows and marks.
        source.execute("UPDATE alembic_version SET version_num = ?", (MOVED,))
        source.execute("COMMIT")
    return Moved(rows, unfinished, resumed)
