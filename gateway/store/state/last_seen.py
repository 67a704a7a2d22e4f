"""Last-seen times: instants by name that only move forward, in whole seconds."""

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, select

from gateway.store.db.bulk import insert
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import meta

PREFIX = "seen:"

_SAVE = insert(
    meta,
    ["name", "value"],
    key=["name"],
    change={"value": "CASE WHEN new.value > old.value THEN new.value ELSE old.value END"},
)
_READ_ALL = Statement(
    select(meta.c.name, meta.c.value).where(meta.c.name.like(bindparam("pattern")))
)
_FORGET_LATER = Statement(
    delete(meta).where(meta.c.name.like(bindparam("pattern")), meta.c.value > bindparam("limit"))
)


def save(tx: Tx, seen: Mapping[str, float]) -> None:
    """Store instants by name; one before the stored instant changes nothing."""
    tx.write_rows(_SAVE, [(PREFIX + name, int(at)) for name, at in sorted(seen.items())])


def read_all(tx: Tx) -> dict[str, float]:
    """Return every name with its latest instant."""
    rows = tx.rows(_READ_ALL, pattern=f"{PREFIX}%")
    return {name.removeprefix(PREFIX): float(value) for name, value in rows}


def forget_later(tx: Tx, prefix: str, limit: float) -> None:
    """Delete the instants after `limit` of all names with this prefix, so that they can go back."""
    tx.run(_FORGET_LATER, pattern=f"{PREFIX}{prefix}%", limit=str(int(limit)))
