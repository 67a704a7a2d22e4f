"""Restore of a backup, into a new database or in place of one."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gateway.files import make_folder, sync_folder
from gateway.store.db.errors import as_store_error
from gateway.store.db.file_lock import exclusive_lock
from gateway.store.db.location import Location, parse_url
from gateway.store.schema.version import migrate
from gateway.store.transfer import sqlite_file
from gateway.store.transfer.inspect import Contents, prepare_copy, refuse_newer
from gateway.store.transfer.progress import Progress, TransferRefusedError, no_progress

REPLACED = ".before-restore"
"""Ending of the file in which the replaced SQLite database is stored, until the next restore."""


class Restored(NamedTuple):
    """What was restored, and where the replaced SQLite file is stored, if there was one."""

    contents: Contents
    replaced: Path | None


def restore(
    url: str, file: Path, *, force: bool = False, progress: Progress = no_progress
) -> Restored:
    """Write a checked backup to a database: completely, or nothing changes.

    No gateway may use the database. With `force` it may hold data, which is replaced. Raises
    TransferRefusedError, StoreUnavailableError and OSError.
    """
    location = parse_url(url)
    if not file.is_file():
        raise TransferRefusedError(f"{file}: there is no such file")
    try:
        if location.path is None:
            return _restore_postgres(location, file, progress, force=force)
        make_folder(location.path.parent)
        with exclusive_lock(location.path) as free:
            if not free:
                raise TransferRefusedError(
                    f"a gateway uses {location.path}: stop it, then try again"
                )
            return _restore_sqlite(location.path, file, progress, force=force)
    except Exception as error:
        raise as_store_error(error) or error from error


def _restore_sqlite(path: Path, file: Path, progress: Progress, *, force: bool) -> Restored:
    exists = path.exists() and path.stat().st_size > 0
    if exists and not force:
        raise TransferRefusedError(
            f"{path} exists: add --force to replace it (the old one stays as {path.name}{REPLACED})"
        )
    if exists and path.samefile(file):
        raise TransferRefusedError(f"{file} is the database itself: name a backup")
    copy = path.with_name(f".{path.name}.restoring")
    try:
        contents = prepare_copy(file, copy, progress)
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        replaced = _keep(path) if exists else None
        os.replace(copy, path)
        sync_folder(path.parent)
    finally:
        sqlite_file.remove(copy)
    return Restored(contents, replaced)


def _keep(path: Path) -> Path:
    """Keep the old database under another name; its own name stays valid until it is replaced.

    A log beside the file would be played into the new one: all of it is put into the old one
    first. If that one is damaged, its log goes with it.
    """
    replaced = path.with_name(path.name + REPLACED)
    sqlite_file.remove(replaced)
    try:
        sqlite_file.finish(path)
    except Exception as error:
        if isinstance(error.__cause__, sqlite3.OperationalError):  # locked, or no permission
            raise
        for suffix in sqlite_file.SUFFIXES:
            with suppress(FileNotFoundError):
                os.replace(
                    path.with_name(path.name + suffix), replaced.with_name(replaced.name + suffix)
                )
    try:
        os.link(path, replaced)
    except OSError:  # a file system without hard links
        shutil.copy2(path, replaced)
    return replaced


def _restore_postgres(
    location: Location, file: Path, progress: Progress, *, force: bool
) -> Restored:
    from gateway.store.transfer import postgres  # late, because psycopg takes 0.1 s

    refuse_newer(location.url)
    with tempfile.TemporaryDirectory(prefix="gateway-restore-") as folder:
        copy = Path(folder) / "copy.db"
        contents = prepare_copy(file, copy, progress)
        migrate(location.url)
        with (
            sqlite_file.opened(copy, reading=True) as source,
            postgres.writing(location.url) as target,
        ):
            if not force and postgres.has_rows(target):
                raise TransferRefusedError(
                    "the database is not empty: add --force to replace all that is in it"
                )
            postgres.copy_from_sqlite(source, target, progress)
    return Restored(contents, None)
