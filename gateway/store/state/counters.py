"""Counters, and single numbers that are stored by name."""

from sqlalchemy import bindparam, select, update

from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import meta

_TAKE = Statement(
    update(meta)
    .where(meta.c.name == bindparam("counter"))
    .values(value=meta.c.value + bindparam("many"))
    .returning(meta.c.value)
)
_SAVE = insert(meta, ["name", "value"], key=["name"], change=overwrite(["value"]))
_READ = Statement(select(meta.c.value).where(meta.c.name == bindparam("counter")))


def take(tx: Tx, counter: str, many: int) -> range:
    """Take the next `many` numbers of a counter."""
    last: int = tx.rows(_TAKE, counter=counter, many=many)[0][0]
    return range(last - many + 1, last + 1)


def read(tx: Tx, counter: str) -> int:
    """Return the last number of a counter that was taken."""
    value: int = tx.rows(_READ, counter=counter)[0][0]
    return value


def save(tx: Tx, name: str, value: int) -> None:
    """Store a number by name."""
    tx.write_rows(_SAVE, [(name, value)])


def find(tx: Tx, name: str) -> int | None:
    """Return a stored number; None if it was never stored."""
    row = tx.row(_READ, counter=name)
    return None if row is None else row[0]
