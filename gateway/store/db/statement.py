"""Statements: written once with SQLAlchemy Core, compiled once for each database.

They run on the driver's own cursor. SQLAlchemy's execution costs some 60-100 µs a statement,
which an alert's way through here would pay a dozen times; what we want of it is one language
for two databases. Hence the columns' types are only those whose values need no conversion.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, bindparam, create_engine, literal_column
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.types import Boolean, Integer, Text

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

_DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    SQLITE: lambda: create_engine("sqlite://", paramstyle="qmark").dialect,
    POSTGRESQL: lambda: create_engine("postgresql+psycopg://", paramstyle="format").dialect,
}


class Statement:
    """A Core statement with named parameters, ready for either database."""

    __slots__ = ("_compiled", "_core")

    def __init__(self, core: ClauseElement) -> None:
        self._core = core
        self._compiled: dict[str, tuple[str, Sequence[str], Mapping[str, Any]]] = {}

    def for_database(self, database: str, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL text and the parameters in its order. KeyError: one is missing."""
        ready = self._compiled.get(database)
        if ready is None:
            ready = self._compiled[database] = _compile(self._core, database)
        text, names, fixed = ready
        return text, tuple([given[name] if name in given else fixed[name] for name in names])


def _compile(core: ClauseElement, database: str) -> tuple[str, Sequence[str], Mapping[str, Any]]:
    compiled = core.compile(
        dialect=_DIALECTS[database](), compile_kwargs={"render_postcompile": True}
    )
    assert isinstance(compiled, SQLCompiler)
    required = {bind.key for bind in compiled.bind_names if bind.required}
    fixed = {name: value for name, value in compiled.params.items() if name not in required}
    return str(compiled), compiled.positiontup or (), fixed


class InList(ColumnElement[bool]):
    """Whether a column's value is in a list, which is one parameter: see `json_list`.

    An IN with a parameter for each value would be another statement for each length, and
    SQLite and PostgreSQL end at 32,766 and 65,535 parameters.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str, *, negated: bool = False) -> None:
        self.column = column
        self.operator = "NOT IN" if negated else "IN"
        self.values: BindParameter[str] = bindparam(name)

    def self_group(self, against: Any = None) -> "InList":
        """Stay as is: SQLAlchemy would write `… = 1` for SQLite, which no index can answer."""
        return self


@compiles(InList, SQLITE)
def _in_list_on_sqlite(element: InList, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.values, **kw)
    return f"{column} {element.operator} (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled


@compiles(InList, POSTGRESQL)
def _in_list_on_postgresql(element: InList, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    values = compiler.process(element.values, literal_binds=False, **kw)
    cast = "bigint" if isinstance(element.column.type, Integer) else "text"
    return (
        f"{column} {element.operator} (SELECT json_array_elements_text(({values})::json)::{cast})"
    )


def literal(word: str) -> ColumnElement[str]:
    """Return a word of our own, written into the statement: partial indexes match no parameter."""
    return literal_column(f"'{word}'", Text())


def json_list(values: Sequence[Any] | Any) -> str:
    """Return the parameter for an `InList`: the values as a JSON list."""
    return orjson.dumps(list(values)).decode()


def dump(value: Any) -> str:
    """Return a JSON text for a column. Mappings of any kind become objects."""
    return orjson.dumps(value, default=dict).decode()


load = orjson.loads
