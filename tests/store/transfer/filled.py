"""Databases with rows in every table, and the digests of what is in them."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
from sqlalchemy import Boolean, Column, Double, Engine, Integer, Table, create_engine, insert
from sqlalchemy.pool import NullPool

from gateway.store import migrate
from gateway.store.db.location import parse_url
from gateway.store.schema.tables import meta, metadata
from gateway.store.transfer import postgres
from gateway.store.transfer.progress import no_progress

WORDS = "Überweisung „90 €“\n\\N\t\U0001f514"
"""Text with what copies break: quotes, escapes of COPY, line ends, characters of four bytes."""


def engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)


def value(column: "Column[object]", number: int) -> object:
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, Double):
        return 1_795_147_200.1 + number / 3
    if isinstance(column.type, Integer):
        return number
    return f"{column.name} {number} {WORDS}"


def fill(
    url: str, rows: int = 3, first: int = 1, tables: Sequence[Table] = metadata.sorted_tables
) -> None:
    """Put rows into each table; every second one has null wherever a column allows it."""
    if not rows:
        return
    made = engine(url)
    with made.begin() as connection:
        for table in tables:
            connection.execute(
                insert(table),
                [
                    {
                        column.name: None
                        if column.nullable and number % 2
                        else value(column, number)
                        for column in table.columns
                    }
                    for number in range(first, first + rows)
                ],
            )
    made.dispose()


def filled(url: str, rows: int = 3) -> str:
    """Create the newest tables, with rows in all of them. Return the URL."""
    migrate(url)
    fill(url, rows)
    return url


def contents(url: str) -> Mapping[str, str]:
    """Return the digest of each table, which is the same on both databases."""
    path = parse_url(url).path
    if path is None:
        with psycopg.connect(url) as connection, connection.transaction():
            return postgres.digests(connection, no_progress)
    with closing(sqlite3.connect(path)) as file:
        return postgres.digests_of_sqlite(file)


def rows_of(digests: Mapping[str, str]) -> dict[str, int]:
    """Return the number of rows of each table but the counters."""
    return {
        name: int(digest.partition(":")[0]) for name, digest in digests.items() if name != meta.name
    }


def files(folder: Path) -> set[str]:
    """Return the names in a folder, without locks."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}
