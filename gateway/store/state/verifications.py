"""Stored results of verifications, the latest first."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select

from gateway.store.db.bulk import insert
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import verifications

KEPT = 60
"""Results that are kept: two months of nights. Each may list a hundred kilobytes."""

_ADD = insert(verifications, ["verified_at", "missing", "result"])
_LATEST = Statement(
    select(verifications.c.id, verifications.c.result)
    .order_by(verifications.c.id.desc())
    .limit(bindparam("most"))
)
_LAST = Statement(
    select(verifications.c.verified_at, verifications.c.missing)
    .order_by(verifications.c.id.desc())
    .limit(1)
)
_PRUNE = Statement(
    delete(verifications).where(
        verifications.c.id <= select(func.max(verifications.c.id) - KEPT).scalar_subquery()
    )
)


class LastResult(NamedTuple):
    """When the history was last verified (Unix seconds), and how much was missing."""

    verified_at: float
    missing: int


def add(tx: Tx, verified_at: float, missing: int, result: Mapping[str, Any]) -> None:
    """Store a result, and delete those beyond KEPT."""
    tx.write_rows(_ADD, [(verified_at, missing, dump(result))])
    tx.run(_PRUNE)


def latest(tx: Tx, limit: int) -> list[dict[str, Any]]:
    """Return the latest results as they were stored, the last one first."""
    return [load(result) for _, result in tx.rows(_LATEST, most=limit)]


def last(tx: Tx) -> LastResult | None:
    """Return the last result in short; None if nothing was verified yet."""
    row = tx.row(_LAST)
    return None if row is None else LastResult(*row)
