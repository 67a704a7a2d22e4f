"""A new SQLite file with the newest tables, copied because creating one costs more than a test."""

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from gateway.store.db.location import parse_url
from gateway.store.schema.create import create_tables


def provide_tables(file: Path) -> None:
    """Write a new database to a file, unless it exists. Call it before the store starts."""
    if not file.exists():
        file.touch(0o600)
        file.write_bytes(_new_database())


@cache
def _new_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gateway.db"
        create_tables(parse_url(f"sqlite:///{file}"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # as the store does, which takes 2 ms
        return file.read_bytes()
