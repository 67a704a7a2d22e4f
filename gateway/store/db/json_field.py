"""A field of a column with a JSON object, read by the database."""

from typing import Any

from sqlalchemy import Double, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement

from gateway.store.db.statement import POSTGRESQL, SQLITE


class JsonField(ColumnElement[Any]):
    """A top-level field of a JSON object: a number, or with `text` a text; else null.

    The database reads it where many rows are read for a few fields: parsing them in Python would
    take longer, and stop the event loop meanwhile. Never pass a name from outside: it is not
    escaped.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[str], name: str, *, text: bool = False) -> None:
        self.column = column
        self.field = name
        self.type = Text() if text else Double()


@compiles(JsonField, SQLITE)
def _on_sqlite(element: JsonField, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_extract({compiler.process(element.column, **kw)}, '$.{element.field}')"


@compiles(JsonField, POSTGRESQL)
def _on_postgresql(element: JsonField, compiler: SQLCompiler, **kw: Any) -> str:
    text = f"(({compiler.process(element.column, **kw)})::json ->> '{element.field}')"
    return text if isinstance(element.type, Text) else f"{text}::double precision"
