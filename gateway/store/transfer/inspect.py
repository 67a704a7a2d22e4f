"""Checks of a backup before anything is changed: complete, undamaged, of a known version."""

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gateway.files import PRIVATE_MODE
from gateway.store.schema.version import HEAD, MOVED, current_revision, migrate, newer_text
from gateway.store.transfer import header, sqlite_file
from gateway.store.transfer.header import BackupHeader
from gateway.store.transfer.progress import Progress, TransferRefusedError


class Contents(NamedTuple):
    """What a checked backup holds."""

    header: BackupHeader | None
    """None for a copy that another program made, whose rows cannot be checked."""
    version: str
    """Version of its tables when it was made."""
    rows: int
    unfinished: int
    """Messages that waited or were in flight."""


def prepare_copy(file: Path, copy: Path, progress: Progress) -> Contents:
    """Copy a backup, check the copy, and bring it to the newest tables.

    The backup is not changed. Raises TransferRefusedError, StoreUnavailableError and OSError.
    """
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        raise TransferRefusedError(
            f"{file} is a database in use ({log.name} is beside it): make a backup of it first"
        )
    sqlite_file.remove(copy)
    copy.touch(PRIVATE_MODE)
    shutil.copyfile(file, copy)
    with sqlite_file.opened(copy) as connection:
        sqlite_file.check_pages(connection, file)
        about, version = header.read(connection), _version(connection, file)
        header.remove(connection)
        digests = sqlite_file.digests(connection, progress)
        if about is not None and digests != about.digests:
            names = sorted(digests.items() ^ about.digests.items())
            different = ", ".join(dict.fromkeys(name for name, _ in names))
            raise TransferRefusedError(
                f"{file} was changed or is damaged ({different} differ): use another backup"
            )
        unfinished = sqlite_file.unfinished_messages(connection)
    if version != HEAD:
        migrate(f"sqlite:///{copy}")
    sqlite_file.finish(copy)
    rows = sum(int(digest.partition(":")[0]) for digest in digests.values())
    return Contents(about, version, rows, unfinished)


def _version(connection: sqlite3.Connection, file: Path) -> str:
    row = None
    with suppress(sqlite3.OperationalError):  # no such table
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise TransferRefusedError(f"{file} is no backup of a gateway: it has no version")
    if row[0] == MOVED:
        raise TransferRefusedError(f"{file} was made after its database was moved to PostgreSQL")
    if row[0] > HEAD:
        raise TransferRefusedError(
            f"{file} is of version {row[0]}, newer than this program's {HEAD}: update the program"
        )
    return str(row[0])


def refuse_newer(url: str) -> None:
    """Raise TransferRefusedError if the database to be written has newer tables."""
    revision = current_revision(url)
    if revision is not None and revision > HEAD:
        raise TransferRefusedError(newer_text(revision))
