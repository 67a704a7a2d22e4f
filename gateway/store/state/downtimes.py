"""Downtimes: spans in which no replica wrote to the database, found when one works again."""

from sqlalchemy import bindparam, delete, select

from gateway.core.time.spans import Span
from gateway.core.verify.downtime import SHORTEST
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import downtimes
from gateway.store.state import counters

LAST_WRITE = "alive_at"
"""Name of the instant at which a replica last wrote, in Unix milliseconds."""

_ADD = insert(
    downtimes, ["started_at", "ended_at"], key=["started_at"], change=overwrite(["ended_at"])
)
_BETWEEN = Statement(
    select(downtimes.c.started_at, downtimes.c.ended_at)
    .where(downtimes.c.ended_at > bindparam("first"), downtimes.c.started_at < bindparam("last"))
    .order_by(downtimes.c.started_at)
)
_PRUNE = Statement(delete(downtimes).where(downtimes.c.ended_at < bindparam("before")))


def record_work(tx: Tx, now: float) -> None:
    """Store that a replica works at `now` (Unix seconds), and the downtime that it ends, if any.

    It always writes, so it also tests the disk. A clock that is behind ends no downtime.
    """
    last = counters.find(tx, LAST_WRITE)
    at = int(now * 1000)
    if last is not None and at - last > SHORTEST * 1000:
        tx.write_rows(_ADD, [(last / 1000, now)])
    counters.save(tx, LAST_WRITE, at if last is None else max(at, last))


def between(tx: Tx, start: float, end: float) -> list[Span]:
    """Return the downtimes that touch [start, end), in order; Unix seconds."""
    return [Span(*row) for row in tx.rows(_BETWEEN, first=start, last=end)]


def prune(tx: Tx, before: float) -> int:
    """Delete downtimes that ended before an instant; return how many."""
    return tx.run(_PRUNE, before=before)
