"""Numbers that only go up."""

from sqlalchemy import bindparam, select, update

from gateway.store.sql import Statement
from gateway.store.tables import meta
from gateway.store.tx import Tx

_TAKE = Statement(
    update(meta)
    .where(meta.c.name == bindparam("counter"))
    .values(value=meta.c.value + bindparam("many"))
    .returning(meta.c.value)
)
_READ = Statement(select(meta.c.value).where(meta.c.name == bindparam("counter")))


def take(tx: Tx, counter: str, many: int) -> range:
    """Take the next `many` numbers of a counter."""
    last: int = tx.rows(_TAKE, counter=counter, many=many)[0][0]
    return range(last - many + 1, last + 1)


def read(tx: Tx, counter: str) -> int:
    """Return the last number that was taken."""
    value: int = tx.rows(_READ, counter=counter)[0][0]
    return value
