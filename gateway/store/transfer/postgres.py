"""All rows of a PostgreSQL database: read from one snapshot, or written in one transaction."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Table, select
from sqlalchemy.dialects.sqlite import dialect

from gateway.store.db.postgres import WRITER_LOCK, connect
from gateway.store.schema.create import create_all
from gateway.store.schema.tables import meta, metadata
from gateway.store.transfer.digest import TableDigest
from gateway.store.transfer.progress import PAGE, Progress, TransferRefusedError
from gateway.store.transfer.values import converter

Connection = psycopg.Connection[Any]

LOCK_TIMEOUT = 10
"""Seconds to wait for a gateway's transaction."""

_UNLIMITED = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """Yield a connection that reads one instant of the database and locks nothing out."""
    with connect(url) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(_UNLIMITED)
        yield connection


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """Yield a connection in one transaction that locks out all other writers.

    Raises TransferRefusedError if a gateway is connected to the database.
    """
    with connect(url) as connection, connection.transaction():
        connection.execute(f"{_UNLIMITED}; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'alert-gateway' AND pid <> pg_backend_pid()"
        ).fetchone()
        if others is not None and others[0]:
            raise TransferRefusedError(
                f"a gateway uses this database ({others[0]} connections): stop it, then try again"
            )
        yield connection


def copy_to_sqlite(source: Connection, target: sqlite3.Connection, progress: Progress) -> None:
    """Create the newest tables in an empty file, and write all rows of the source to them."""
    target.execute("BEGIN")
    create_all(target)
    target.execute(str(meta.delete().compile(dialect=dialect())))
    for table in metadata.sorted_tables:
        insert = str(table.insert().compile(dialect=dialect()))
        count = 0
        for rows in _pages(source, table):
            target.executemany(insert, rows)
            count += len(rows)
            progress(table.name, count)
    target.execute("COMMIT")


def has_rows(connection: Connection) -> bool:
    """Return whether any table but the counters has a row."""
    for table in metadata.sorted_tables:
        if table is not meta:
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table.name))
            row = connection.execute(query).fetchone()
            if row is not None and row[0]:
                return True
    return False


def copy_from_sqlite(source: sqlite3.Connection, target: Connection, progress: Progress) -> int:
    """Replace all rows of the target; return how many it has now.

    Both must have the newest tables. What arrived is read back and compared with what was sent.
    Raises TransferRefusedError at a difference or an unsuitable value.
    """
    # New tables have rows in the counters only. To empty all tables would lock all of them.
    tables = metadata.sorted_tables if has_rows(target) else [meta]
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
    target.execute(sql.SQL("TRUNCATE {}").format(names))
    sent = {}
    for table in metadata.sorted_tables:
        sent[table.name] = _copy_table(source, target, table, progress)
        _set_sequence(target, table)
    if sent != (arrived := digests(target, progress)):
        different = [name for name in sent if sent[name] != arrived[name]]
        raise TransferRefusedError(f"not all rows arrived: {', '.join(different)} differ")
    return sum(int(digest.partition(":")[0]) for digest in sent.values())


def digests(connection: Connection, progress: Progress) -> Mapping[str, str]:
    """Return the digest of each table."""
    result = {}
    for table in metadata.sorted_tables:
        digest = TableDigest()
        for rows in _pages(connection, table):
            digest.add(rows)
            progress(f"{table.name} (check)", digest.rows)
        result[table.name] = str(digest)
    return result


def digests_of_sqlite(connection: sqlite3.Connection) -> Mapping[str, str]:
    """Return the digests that the tables of an SQLite file would have on PostgreSQL."""
    result = {}
    for table in metadata.sorted_tables:
        digest, convert = TableDigest(), converter(table)
        cursor = connection.execute(str(select(table).compile(dialect=dialect())))
        while rows := cursor.fetchmany(PAGE):
            digest.add(convert(rows))
        result[table.name] = str(digest)
    return result


def _pages(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    query = sql.SQL("SELECT {} FROM {}").format(_columns(table), sql.Identifier(table.name))
    with connection.cursor(name="transfer") as cursor:  # a cursor of the server: bounded memory
        cursor.execute(query)
        while rows := cursor.fetchmany(PAGE):
            yield rows


def _copy_table(
    source: sqlite3.Connection, target: Connection, table: Table, progress: Progress
) -> str:
    digest, convert = TableDigest(), converter(table)
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _columns(table))
    cursor = source.execute(str(select(table).compile(dialect=dialect())))
    with target.cursor() as writer, writer.copy(command) as copy:
        while page := cursor.fetchmany(PAGE):
            rows = convert(page)
            for row in rows:
                copy.write_row(row)
            digest.add(rows)
            progress(table.name, digest.rows)
    return str(digest)


def _set_sequence(target: Connection, table: Table) -> None:
    """Let the next row that is inserted follow the copied ones."""
    for column in table.columns:
        if column.identity is not None:
            target.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}"
                    " HAVING max({}) IS NOT NULL"
                ).format(
                    sql.Literal(table.name),
                    sql.Literal(column.name),
                    *[sql.Identifier(column.name), sql.Identifier(table.name)],
                    sql.Identifier(column.name),
                )
            )


def _columns(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
