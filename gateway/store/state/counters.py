"""Numbers that only go up, and a few that are remembered."""

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
_TOUCH = insert(meta, ["name", "value"], key=["name"], change={"value": "old.value + 1"})
_READ = Statement(select(meta.c.value).where(meta.c.name == bindparam("counter")))


def take(tx: Tx, counter: str, many: int) -> range:
    """Take the next `many` numbers of a counter."""
    last: int = tx.rows(_TAKE, counter=counter, many=many)[0][0]
    return range(last - many + 1, last + 1)


def read(tx: Tx, counter: str) -> int:
    """Return the last number that was taken."""
    value: int = tx.rows(_READ, counter=counter)[0][0]
    return value


def save(tx: Tx, name: str, value: int) -> None:
    """Remember a number."""
    tx.write_rows(_SAVE, [(name, value)])


def find(tx: Tx, name: str) -> int | None:
    """Return a number that was remembered, None when it never was."""
    row = tx.row(_READ, counter=name)
    return None if row is None else row[0]


def touch(tx: Tx) -> None:
    """Write something: a transaction that writes nothing succeeds on a full disk, too."""
    tx.write_rows(_TOUCH, [("touched", 1)])
