"""The header of a backup: a table with one row, which a restored database does not have."""

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple


class BackupHeader(NamedTuple):
    """When and from what a backup was made, and what is in it."""

    created_at: float
    """Unix seconds."""
    program: str
    """Version of the gateway that wrote the file."""
    database: str
    """sqlite or postgresql: the database it was made from."""
    digests: Mapping[str, str]
    """Table to its digest, see `digest`."""


def write(connection: sqlite3.Connection, header: BackupHeader) -> None:
    """Add the header to a file without one."""
    connection.execute(
        "CREATE TABLE backup_header (created_at REAL, program TEXT, database TEXT, digests TEXT)"
    )
    values = (*header[:3], json.dumps(dict(header.digests)))
    connection.execute("INSERT INTO backup_header VALUES (?, ?, ?, ?)", values)


def read(connection: sqlite3.Connection) -> BackupHeader | None:
    """Return the header; None if the file has none."""
    exists = "SELECT 1 FROM sqlite_master WHERE name = 'backup_header'"
    if connection.execute(exists).fetchone() is None:
        return None
    query = "SELECT created_at, program, database, digests FROM backup_header"
    row = connection.execute(query).fetchone()
    return None if row is None else BackupHeader(row[0], row[1], row[2], json.loads(row[3]))


def remove(connection: sqlite3.Connection) -> None:
    """Remove the header, which makes the file a gateway's database."""
    connection.execute("DROP TABLE IF EXISTS backup_header")
