"""Stored changes of rotas made at run time; void ones and those that are over are kept."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select

from gateway.core.actor import Actor, ActorKind
from gateway.core.oncall.changes import RotaChange, Voiding
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import rota_changes as table
from gateway.store.state import counters, plan_version

_COUNTER = "rota_change"
_COLUMNS = (
    "id",
    "rota",
    "person",
    "replaces",
    "beside",
    "starts_at",
    "ends_at",
    "actor",
    "why",
    "created_at",
    "swap",
    "void_reason",
    "voided_at",
    "voided_by",
)
_SELECTED = [table.c[name] for name in _COLUMNS]
_SAVE = insert(
    table, _COLUMNS, key=["id"], change=overwrite(["void_reason", "voided_at", "voided_by"])
)
_IN_FORCE = Statement(
    select(*_SELECTED)
    .where(table.c.ends_at > bindparam("since"), table.c.void_reason.is_(None))
    .order_by(table.c.id)
)
_BY_ID = Statement(select(*_SELECTED).where(InList(table.c.id, "ids")))
_LISTED = Statement(
    select(*_SELECTED)
    .where(table.c.ends_at > bindparam("since"))
    .order_by(table.c.starts_at, table.c.id)
)


def add(tx: Tx, changes: Sequence[RotaChange]) -> list[RotaChange]:
    """Store new changes and return them with their ids."""
    ids = counters.take(tx, _COUNTER, len(changes))
    added = [replace(one, id=number) for one, number in zip(changes, ids, strict=True)]
    _save(tx, added)
    return added


def save_voiding(tx: Tx, changes: Sequence[RotaChange]) -> None:
    """Store why changes are void; nothing else of a stored change can be changed."""
    if changes:
        _save(tx, changes)


def in_force(tx: Tx, since: float) -> list[RotaChange]:
    """Return the changes that are not void and end after an instant, in the order of their ids."""
    return [_from_row(row) for row in tx.rows(_IN_FORCE, since=since)]


def by_id(tx: Tx, ids: Sequence[int]) -> dict[int, RotaChange]:
    """Return changes by id, also void ones."""
    return {row[0]: _from_row(row) for row in tx.rows(_BY_ID, ids=json_list(ids))}


def ending_after(tx: Tx, since: float) -> list[RotaChange]:
    """Return all changes that end after an instant, void ones too, in the order of their starts."""
    return [_from_row(row) for row in tx.rows(_LISTED, since=since)]


def _save(tx: Tx, changes: Sequence[RotaChange]) -> None:
    tx.write_rows(_SAVE, [_row(change) for change in changes])
    plan_version.advance(tx)


def _row(change: RotaChange) -> Row:
    voiding = change.voiding
    return (
        change.id,
        change.rota,
        change.person,
        change.replaces,
        change.beside,
        change.start,
        change.end,
        dump(change.actor.to_json()),
        change.why,
        change.created_at,
        change.swap,
        voiding and voiding.reason,
        voiding and voiding.at,
        voiding and dump(voiding.actor.to_json()),
    )


def _from_row(row: Row) -> RotaChange:
    id_, rota, person, replaces, beside, start, end, actor, why, created_at, swap, *void = row
    reason, voided_at, voided_by = void
    return RotaChange(
        rota=rota,
        person=person,
        start=start,
        end=end,
        actor=read_actor(actor),
        why=why,
        created_at=created_at,
        replaces=replaces,
        beside=bool(beside),
        id=id_,
        swap=swap,
        voiding=None if reason is None else Voiding(reason, voided_at, read_actor(voided_by)),
    )


def read_actor(text: str) -> Actor:
    """Return a stored actor."""
    saved = load(text)
    kind = ActorKind(saved["kind"])
    return Actor(kind, saved["id"], saved["via"], verified=saved["verified"])
