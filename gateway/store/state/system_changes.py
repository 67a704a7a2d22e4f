"""Stored changes of the watched systems."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import bindparam, delete, select, update

from gateway.core.incidents.system_change import SystemChange
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import system_changes as table
from gateway.store.state import counters
from gateway.store.state.changes import read_actor

_COUNTER = "system_change"
_COLUMNS = (
    "id",
    "at",
    "title",
    "link",
    "labels",
    "status",
    "key",
    "created_at",
    "actor",
    "incidents",
)
_SELECTED = [table.c[name] for name in _COLUMNS]
_SAVE = insert(
    table, _COLUMNS, key=["id"], change=overwrite(["at", "title", "link", "labels", "status"])
)
_BY_KEY = Statement(select(*_SELECTED).where(table.c.key == bindparam("one")))
_BETWEEN = Statement(
    select(*_SELECTED)
    .where(table.c.at >= bindparam("since"), table.c.at <= bindparam("until"))
    .order_by(table.c.at.desc(), table.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = Statement(
    update(table).where(table.c.id == bindparam("one")).values(incidents=table.c.incidents + 1)
)
_PRUNE = Statement(delete(table).where(table.c.at < bindparam("before")))


def save(tx: Tx, change: SystemChange) -> SystemChange:
    """Store a change and return it with its id: a new one, or that of the same key."""
    row = tx.row(_BY_KEY, one=change.key) if change.key else None
    if row is None:
        (number,) = counters.take(tx, _COUNTER, 1)
        saved = replace(change, id=number)
    else:
        known = _from_row(row)
        saved = replace(
            change,
            id=known.id,
            created_at=known.created_at,
            actor=known.actor,
            incidents=known.incidents,
        )
    tx.write_rows(_SAVE, [_to_row(saved)])
    return saved


def by_key(tx: Tx, key: str) -> SystemChange | None:
    """Return the change of a sender's key; None if it has reported none."""
    row = tx.row(_BY_KEY, one=key)
    return None if row is None else _from_row(row)


def between(tx: Tx, since: float, until: float, most: int) -> list[SystemChange]:
    """Return the changes from one instant to another, both included: the latest, at most `most`."""
    return [_from_row(row) for row in tx.rows(_BETWEEN, since=since, until=until, most=most)]


def count_incidents(tx: Tx, ids: Iterable[int]) -> None:
    """Count an incident for each id: one that began after the change of this id."""
    for id_ in ids:
        tx.run(_COUNT, one=id_)


def prune(tx: Tx, before: float) -> int:
    """Delete the changes before an instant; return how many."""
    return tx.run(_PRUNE, before=before)


def _to_row(one: SystemChange) -> Row:
    return (
        one.id,
        one.at,
        one.title,
        one.link,
        dump(dict(one.labels)),
        one.status,
        one.key or None,
        one.created_at,
        dump(one.actor.to_json()),
        one.incidents,
    )


def _from_row(row: Row) -> SystemChange:
    id_, at, title, link, labels, status, key, created_at, actor, incidents = row
    return SystemChange(
        id_,
        at,
        title,
        link,
        load(labels),
        status,
        key or "",
        created_at,
        read_actor(actor),
        incidents,
    )
