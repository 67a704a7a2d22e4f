"""Stored follow-up items; done ones are kept as long as their incident."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select

from gateway.core.incidents.follow_up import FollowUp
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import follow_ups as table
from gateway.store.schema.tables import incidents
from gateway.store.state import counters
from gateway.store.state.changes import read_actor

_COUNTER = "follow_up"
_COLUMNS = (
    "id",
    "incident",
    "text",
    "owner",
    "due_at",
    "created_at",
    "actor",
    "done_at",
    "done_by",
)
_SELECTED = [table.c[name] for name in _COLUMNS]
_CHANGEABLE = ("text", "owner", "due_at", "done_at", "done_by")
_SAVE = insert(table, _COLUMNS, key=["id"], change=overwrite(_CHANGEABLE))
_GET = Statement(select(*_SELECTED).where(table.c.id == bindparam("one")))
_OF_INCIDENT = Statement(
    select(*_SELECTED).where(table.c.incident == bindparam("number")).order_by(table.c.id)
)
_OPEN = Statement(
    select(*_SELECTED)
    .where(table.c.done_at.is_(None))
    .order_by(table.c.due_at.is_(None), table.c.due_at, table.c.id)
    .limit(bindparam("most"))
)


_OPEN_OF_TEAM = Statement(
    select(*_SELECTED)
    .join(incidents, incidents.c.number == table.c.incident)
    .where(table.c.done_at.is_(None), incidents.c.team == bindparam("team"))
    .order_by(table.c.due_at.is_(None), table.c.due_at, table.c.id)
    .limit(bindparam("most"))
)


def add(tx: Tx, item: FollowUp) -> FollowUp:
    """Store a new item and return it with its id."""
    (number,) = counters.take(tx, _COUNTER, 1)
    added = replace(item, id=number)
    save(tx, added)
    return added


def save(tx: Tx, item: FollowUp) -> None:
    """Store an item, of a known one what has changed."""
    row = (
        item.id,
        item.incident,
        item.text,
        item.owner,
        item.due_at,
        item.created_at,
        dump(item.created_by.to_json()),
        item.done_at,
        item.done_by,
    )
    tx.write_rows(_SAVE, [row])


def get(tx: Tx, id_: int) -> FollowUp | None:
    """Return an item; None for an unknown id."""
    row = tx.row(_GET, one=id_)
    return None if row is None else _from_row(row)


def of_incident(tx: Tx, number: int) -> Sequence[FollowUp]:
    """Return the items of an incident, oldest first."""
    return [_from_row(row) for row in tx.rows(_OF_INCIDENT, number=number)]


def open_items(tx: Tx, most: int, team: str | None = None) -> Sequence[FollowUp]:
    """Return items that are not done: first those due, the nearest first, at most `most`.

    With `team` only those of its incidents.
    """
    if team is not None:
        return [_from_row(row) for row in tx.rows(_OPEN_OF_TEAM, team=team, most=most)]
    return [_from_row(row) for row in tx.rows(_OPEN, most=most)]


def _from_row(row: Row) -> FollowUp:
    id_, incident, text, owner, due_at, created_at, actor, done_at, done_by = row
    return FollowUp(
        id_, incident, text, owner, due_at, created_at, read_actor(actor), done_at, done_by
    )
