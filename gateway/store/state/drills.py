"""Stored runs of drills."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import bindparam, delete, false, select, update

from gateway.core.drills.run import DrillFacts, DrillRun, DrillState, MessageFacts
from gateway.store.db.bulk import insert
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import drill_runs as table

KEPT = 200
"""Runs of each drill that are kept: four years of weeks."""

_COLUMNS = (
    "id", "drill", "began_at", "slot", "began_by", "state", "ended_at", "text", "facts",
    "closed",
)  # fmt: skip
_SELECTED = [table.c[name] for name in _COLUMNS]
_ADD = insert(table, _COLUMNS[1:])
_OF_SLOT = Statement(
    select(table.c.id).where(table.c.drill == bindparam("name"), table.c.slot == bindparam("at"))
)
_UNFINISHED = Statement(select(*_SELECTED).where(table.c.closed == false()).order_by(table.c.id))
_LATEST = Statement(
    select(*_SELECTED)
    .where(table.c.drill == bindparam("name"))
    .order_by(table.c.id.desc())
    .limit(bindparam("most"))
)
_BY_ID = Statement(select(*_SELECTED).where(InList(table.c.id, "ids")))
_SAVE = Statement(
    update(table)
    .where(table.c.id == bindparam("one"))
    .values(
        state=bindparam("new_state"),
        ended_at=bindparam("new_end"),
        text=bindparam("new_text"),
        facts=bindparam("new_facts"),
        closed=bindparam("posted"),
    )
)
_OLD = Statement(
    select(table.c.id)
    .where(table.c.drill == bindparam("name"), table.c.closed)
    .order_by(table.c.id.desc())
    .limit(1)
    .offset(bindparam("most"))
)
_DELETE = Statement(
    delete(table).where(table.c.drill == bindparam("name"), table.c.id <= bindparam("last"))
)


def begin(tx: Tx, drill: str, slot: float | None, by: str, now: float) -> DrillRun | None:
    """Store that a run begins; None if the slot has one, or the drill runs."""
    if slot is not None and tx.row(_OF_SLOT, name=drill, at=slot) is not None:
        return None
    if any(one.drill == drill for one in unfinished(tx)):
        return None
    run = DrillRun(0, drill, now, slot, by)
    tx.write_rows(_ADD, [_row(run)[1:]])
    (stored,) = latest(tx, drill, 1)
    old = tx.rows(_OLD, name=drill, most=KEPT)
    if old:
        tx.run(_DELETE, name=drill, last=old[0][0])
    return stored


def unfinished(tx: Tx) -> list[DrillRun]:
    """Return the runs that a replica must go on with, oldest first."""
    return [_from_row(row) for row in tx.rows(_UNFINISHED)]


def latest(tx: Tx, drill: str, limit: int) -> list[DrillRun]:
    """Return the runs of a drill, the last one first."""
    return [_from_row(row) for row in tx.rows(_LATEST, name=drill, most=limit)]


def get(tx: Tx, id_: int) -> DrillRun | None:
    """Return a run, None for an unknown one."""
    rows = tx.rows(_BY_ID, ids=json_list([id_]))
    return _from_row(rows[0]) if rows else None


def save(tx: Tx, run: DrillRun) -> None:
    """Store how far a run is."""
    tx.run(
        _SAVE,
        one=run.id,
        new_state=run.state.value,
        new_end=run.ended_at,
        new_text=run.text,
        new_facts=dump(asdict(run.facts)),
        posted=run.closed,
    )


def _row(run: DrillRun) -> Row:
    return (
        run.id,
        run.drill,
        run.began_at,
        run.slot,
        run.began_by,
        run.state.value,
        run.ended_at,
        run.text,
        dump(asdict(run.facts)),
        run.closed,
    )


def _from_row(row: Row) -> DrillRun:
    id_, drill, began_at, slot, by, state, ended_at, text, facts, closed = row
    run = DrillRun(id_, drill, began_at, slot, by, DrillState(state), ended_at, text)
    return replace(run, facts=_facts(load(facts)), closed=bool(closed))


def _facts(stored: Mapping[str, Any]) -> DrillFacts:
    messages: Sequence[Mapping[str, Any]] = stored["messages"]
    return DrillFacts(
        stored["incident"],
        tuple(MessageFacts(**one) for one in messages),
        stored["acknowledged_at"],
        stored["acknowledged_by"],
    )
