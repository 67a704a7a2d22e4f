"""Statements: written once with SQLAlchemy Core, compiled once for each database.

They run on the driver's own cursor. SQLAlchemy's execution costs 60 to 100 µs a statement, and an
alert needs a dozen of them. Here SQLAlchemy only provides one language for two databases. So
columns have only types whose values need no conversion.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

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


class _Compiled(NamedTuple):
    """SQL for one database, with its parameters and constants."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]


class Statement:
    """A Core statement with named parameters, for either database.

    Any thread may use it.
    """

    __slots__ = ("_compiled", "_core")

    def __init__(self, core: ClauseElement) -> None:
        self._core = core
        # Two threads may compile the same at once: each stores an equal, immutable value.
        self._compiled: dict[str, _Compiled] = {}

    def for_database(self, database: str, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its values in order.

        Raises KeyError if a parameter has none.
        """
        compiled = self._compiled.get(database)
        if compiled is None:
            compiled = self._compiled[database] = _compile(self._core, database)
        text, names, constants = compiled
        return text, tuple([values[name] if name in values else constants[name] for name in names])


def _compile(core: ClauseElement, database: str) -> _Compiled:
    compiled = core.compile(
        dialect=_DIALECTS[database](), compile_kwargs={"render_postcompile": True}
    )
    assert isinstance(compiled, SQLCompiler)
    required = {bind.key for bind in compiled.bind_names if bind.required}
    constants = {name: value for name, value in compiled.params.items() if name not in required}
    names = tuple(compiled.positiontup or ())
    return _Compiled(str(compiled), names, MappingProxyType(constants))


class InList(ColumnElement[bool]):
    """Whether a column's value is in a list, which is one parameter: see `json_list`.

    An IN with one parameter for each value would need a statement for each length. Also, SQLite
    has a limit of 32,766 parameters and PostgreSQL one of 65,535.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str, *, negated: bool = False) -> None:
        self.column = column
        self.operator = "NOT IN" if negated else "IN"
        self.values: BindParameter[str] = bindparam(name)

    def self_group(self, against: Any = None) -> "InList":
        """Return itself, because no index answers the `… = 1` of SQLAlchemy."""
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


def literal(text: str) -> ColumnElement[str]:
    """Return a constant as part of the SQL, as partial indexes need it.

    Never pass text from outside: it is not escaped.
    """
    return literal_column(f"'{text}'", Text())


def json_list(values: Sequence[Any] | Any) -> str:
    """Return the values of an `InList` as its parameter, a JSON list."""
    return orjson.dumps(list(values)).decode()


def dump(value: Any) -> str:
    """Return the JSON text of a value for a column.

    Mappings of any type become objects.
    """
    return orjson.dumps(value, default=dict).decode()


load = orjson.loads
