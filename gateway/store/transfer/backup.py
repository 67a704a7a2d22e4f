"""Backup of a database into one SQLite file, while gateways use it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gateway.files import PRIVATE_MODE, sync_folder
from gateway.store.db.errors import as_store_error
from gateway.store.db.location import Location, parse_url
from gateway.store.schema.version import HEAD, current_revision
from gateway.store.transfer import header, sqlite_file
from gateway.store.transfer.header import BackupHeader
from gateway.store.transfer.progress import Progress, TransferRefusedError, no_progress


class Backup(NamedTuple):
    """What is in a new backup."""

    version: str
    """Version of the tables."""
    rows: int
    unfinished: int
    """Messages that wait or are in flight."""
    size: int
    """Bytes."""


def back_up(
    url: str,
    file: Path,
    *,
    now: float,
    program: str,
    force: bool = False,
    progress: Progress = no_progress,
) -> Backup:
    """Write a consistent copy of a database to a file, which is whole or does not exist.

    `now` (Unix seconds) and `program` (its version) are noted in the file. An existing file is
    replaced with `force` only. Raises TransferRefusedError, StoreUnavailableError, and OSError
    if the file cannot be written.
    """
    location = parse_url(url)
    revision = current_revision(url)
    _check(location, revision, file, force=force)
    assert revision is not None
    try:
        with _partial_file(file) as new:
            if location.path is not None:
                _copy_sqlite(location.path, new)
            else:
                _copy_postgres(location, new, progress)
            result = _describe(new, BackupHeader(now, program, location.database, {}), progress)
            _publish(new, file)
    except Exception as error:
        raise as_store_error(error) or error from error
    return Backup(revision, *result)


def _check(location: Location, revision: str | None, file: Path, *, force: bool) -> None:
    if location.path is not None and file.resolve() == location.path.resolve():
        raise TransferRefusedError(f"{file} is the database itself: write the backup elsewhere")
    if file.exists() and not force:
        raise TransferRefusedError(f"{file} exists: choose another name, or add --force")
    if revision is None:
        raise TransferRefusedError("there is nothing to back up: the database has no tables yet")
    if location.path is None and revision != HEAD:
        raise TransferRefusedError(
            f"the database is at version {revision}, this program needs {HEAD}: back up with the"
            " program that uses this database, or run `gateway migrate`"
        )


@contextmanager
def _partial_file(file: Path) -> Iterator[Path]:
    """Yield an empty file beside `file`, and delete it at the end if it is still there.

    Its name is always the same, so what a killed backup left is overwritten by the next one.
    """
    new = file.with_name(f".{file.name}.partial")
    lock = os.open(new, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_MODE)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TransferRefusedError(f"another backup is writing {file}") from None
        os.fchmod(lock, PRIVATE_MODE)
        os.ftruncate(lock, 0)
        for suffix in sqlite_file.SUFFIXES:
            new.with_name(new.name + suffix).unlink(missing_ok=True)
        try:
            yield new
        finally:
            sqlite_file.remove(new)
    finally:
        os.close(lock)


def _copy_sqlite(source: Path, new: Path) -> None:
    # All pages in one step: a backup in steps starts again after each commit of another process,
    # and would never end. It reads one snapshot, and writers do not wait for readers.
    with sqlite_file.opened(source, reading=True) as reader, sqlite_file.opened(new) as target:
        reader.backup(target, pages=-1)
    sqlite_file.finish(new)


def _copy_postgres(location: Location, new: Path, progress: Progress) -> None:
    from gateway.store.transfer import postgres  # late, because psycopg takes 0.1 s

    with sqlite_file.opened(new) as target, postgres.snapshot(location.url) as source:
        target.execute("PRAGMA journal_mode = OFF")
        postgres.copy_to_sqlite(source, target, progress)


def _describe(new: Path, about: BackupHeader, progress: Progress) -> tuple[int, int, int]:
    """Write the header; return the numbers of rows and unfinished messages, and the size."""
    with sqlite_file.opened(new) as connection:
        sqlite_file.check_pages(connection, new)
        digests = sqlite_file.digests(connection, progress)
        header.write(connection, about._replace(digests=digests))
        unfinished = sqlite_file.unfinished_messages(connection)
    rows = sum(int(digest.partition(":")[0]) for digest in digests.values())
    return rows, unfinished, new.stat().st_size


def _publish(new: Path, file: Path) -> None:
    descriptor = os.open(new, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(new, file)
    sync_folder(file.parent)
