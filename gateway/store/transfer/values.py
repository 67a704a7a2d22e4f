"""Conversion of SQLite's values to the types of the model.

SQLite stores any type in any column: booleans are integers, and an instant may be one, too.
PostgreSQL takes the type of the column only, and no NUL character in text.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Boolean, Double, Integer, Table, Text

from gateway.store.db.session import Row
from gateway.store.transfer.progress import TransferRefusedError


def converter(table: Table) -> Callable[[Sequence[Row]], list[Row]]:
    """Return a function that converts rows of all columns of a table.

    It raises TransferRefusedError naming the column with a value of another type.
    """
    columns = [(column.name, _function(column.type)) for column in table.columns]

    def convert(rows: Sequence[Row]) -> list[Row]:
        return [tuple(map(_convert, columns, row)) for row in rows]

    def _convert(column: tuple[str, Callable[[Any], Any]], value: Any) -> Any:
        if value is None:
            return None
        name, function = column
        try:
            return function(value)
        except (TypeError, ValueError):
            raise TransferRefusedError(
                f"table {table.name}, column {name}: a {type(value).__name__} is stored there,"
                " which PostgreSQL does not take: correct that row, then start again"
            ) from None

    return convert


def _function(column_type: object) -> Callable[[Any], Any]:
    if isinstance(column_type, Boolean):
        return bool
    if isinstance(column_type, Integer):  # BigInteger is one, too
        return int
    if isinstance(column_type, Double):
        return float
    assert isinstance(column_type, Text), column_type
    return _text


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value.replace("\x00", "\ufffd")
