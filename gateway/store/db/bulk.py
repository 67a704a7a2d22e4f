"""Bulk writes: many rows in the form that each database takes fastest.

SQLite: up to 64 rows in the VALUES of one prepared statement. Without other threads that is no
faster than one statement for each row. But the driver takes the interpreter's lock for each
statement, and beside a busy thread waits milliseconds for it (measured with rows of 20 columns:
2,200 µs a row, against 330 µs).

PostgreSQL: all rows as one JSON parameter that the server expands. That was fastest and used the
least of our own processor (alerts in batches of 256: 21 µs a row, against 27 µs for executemany
and 89 µs for arrays).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Table, make_url

Rows = Sequence[tuple[Any, ...]]

_COLUMN_REFERENCE = re.compile(r"\b(new|old)\.(\w+)")
_MAX_ROWS_POSTGRESQL = 5000
"""Rows in one parameter. More rows make a larger JSON text, which is twice in memory."""

_MAX_ROWS_SQLITE = 64
"""Rows in one statement, a power of two. More rows keep larger prepared statements in memory."""


class Bulk:
    """A write of many rows, which are tuples in the order of `columns`."""

    __slots__ = ("_key_length", "_sqlite_parts", "_sqlite_texts", "columns", "postgresql_text")

    def __init__(
        self,
        columns: Sequence[str],
        sqlite_parts: tuple[str, str],
        postgresql_text: str,
        key_length: int,
        one_row_sqlite: str = "",
    ) -> None:
        """Take the texts for each database.

        `sqlite_parts` are the SQL before and behind the rows of VALUES, `one_row_sqlite` a shorter
        statement for a single row. `key_length`: how many of the first columns are unique; 0 if
        rows may repeat.
        """
        self.columns = tuple(columns)
        self._sqlite_parts = sqlite_parts
        self._sqlite_texts: dict[int, str] = {1: one_row_sqlite} if one_row_sqlite else {}
        self.postgresql_text = postgresql_text.encode()
        self._key_length = key_length

    def sqlite_statements(self, rows: Rows) -> Iterator[tuple[str, list[Any]]]:
        """Yield the statements for these rows, with their values.

        Each takes a power of two of them, so there are few statements and all stay prepared.
        """
        rows = self.deduplicate(rows)
        at = 0
        while at < len(rows):
            size = min(_MAX_ROWS_SQLITE, 1 << ((len(rows) - at).bit_length() - 1))
            text = self._sqlite_texts.get(size)
            if text is None:
                before, behind = self._sqlite_parts
                row = f"({', '.join('?' for _ in self.columns)})"
                text = self._sqlite_texts[size] = f"{before}{', '.join([row] * size)}{behind}"
            yield text, list(chain.from_iterable(rows[at : at + size]))
            at += size

    def deduplicate(self, rows: Rows) -> Rows:
        """Return the rows without all but the last of those with the same key.

        One statement cannot change a row twice.
        """
        length = self._key_length
        if not length or len(rows) == 1:
            return rows
        last = {row[:length]: row for row in rows}
        return rows if len(last) == len(rows) else list(last.values())

    def to_json(self, rows: Rows) -> list[str]:
        """Return the rows as JSON texts of at most _MAX_ROWS_POSTGRESQL rows."""
        names = self.columns
        return [
            orjson.dumps(
                [
                    dict(zip(names, row, strict=True))
                    for row in rows[start : start + _MAX_ROWS_POSTGRESQL]
                ]
            ).decode()
            for start in range(0, len(rows), _MAX_ROWS_POSTGRESQL)
        ]


def insert(
    table: Table,
    columns: Sequence[str],
    *,
    key: Sequence[str] = (),
    change: Mapping[str, str] | None = None,
) -> Bulk:
    """Return a bulk insert.

    `key` names the first columns if a row with their values may exist: it then stays as it is, or
    gets the `change`. That maps a column to an expression of `old.column` and `new.column`.
    """
    assert tuple(columns[: len(key)]) == tuple(key)
    names = ", ".join(columns)
    conflict = ""
    if key:
        conflict = f" ON CONFLICT ({', '.join(key)}) DO "
        conflict += "NOTHING" if not change else "UPDATE SET " + _assignments(table, change)
    into = f"INSERT INTO {table.name} ({names})"
    new_rows = f"SELECT {names} FROM {_recordset(table, columns)}"  # noqa: S608 - our own names
    return Bulk(
        columns,
        (f"{into} VALUES ", conflict),
        # Without WHERE the parser reads ON CONFLICT as the condition of a join.
        f"{into} {new_rows} WHERE true{conflict}",
        len(key),
    )


def update(
    table: Table, key: Sequence[str], columns: Sequence[str], change: Mapping[str, str]
) -> Bulk:
    """Return a bulk update of rows that exist, which `key` identifies.

    Rows are tuples of the key and `columns`. `change` maps a column to an expression of
    `old.column` and `new.column`.
    """
    names = [*key, *columns]

    def named(match: re.Match[str]) -> str:
        return f"given.{match[2]}" if match[1] == "new" else f"{table.name}.{match[2]}"

    def numbered(match: re.Match[str]) -> str:
        is_new = match[1] == "new"
        return f"?{names.index(match[2]) + 1}" if is_new else f"{table.name}.{match[2]}"

    sets = ", ".join(
        f"{name} = {_COLUMN_REFERENCE.sub(named, how)}" for name, how in change.items()
    )
    where = " AND ".join(f"{table.name}.{name} = given.{name}" for name in key)
    one = ", ".join(
        f"{name} = {_COLUMN_REFERENCE.sub(numbered, how)}" for name, how in change.items()
    )
    the_one = " AND ".join(f"{name} = ?{number}" for number, name in enumerate(key, 1))
    return Bulk(
        names,
        (
            f"WITH given({', '.join(names)}) AS (VALUES ",
            f") UPDATE {table.name} SET {sets} FROM given WHERE {where}",  # noqa: S608 - our own names
        ),
        f"UPDATE {table.name} SET {sets} FROM {_recordset(table, names)} WHERE {where}",  # noqa: S608
        len(key),
        # It takes half the time of the same with VALUES.
        f"UPDATE {table.name} SET {one} WHERE {the_one}",  # noqa: S608 - our own names
    )


def overwrite(columns: Sequence[str]) -> dict[str, str]:
    """Return the change that overwrites these columns with the new values."""
    return {name: f"new.{name}" for name in columns}


def _assignments(table: Table, change: Mapping[str, str]) -> str:
    def named(match: re.Match[str]) -> str:
        return f"excluded.{match[2]}" if match[1] == "new" else f"{table.name}.{match[2]}"

    return ", ".join(
        f"{name} = {_COLUMN_REFERENCE.sub(named, how)}" for name, how in change.items()
    )


def _recordset(table: Table, columns: Sequence[str]) -> str:
    dialect = make_url("postgresql+psycopg://").get_dialect()()
    typed = ", ".join(f"{name} {table.c[name].type.compile(dialect)}" for name in columns)
    return f"json_to_recordset(%s) AS given({typed})"
