"""Stored duty records: who was on call in each rota."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, or_, select

from gateway.core.oncall.final_schedule import DutyHistory
from gateway.core.oncall.history import DutyRecord
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import duty_records as table

_COLUMNS = (
    "rota",
    "started_at",
    "ended_at",
    "planned_end",
    "turn",
    "also",
    "origin",
    "reconstructed",
)
_SELECTED = [table.c[name] for name in _COLUMNS]
_SAVE = insert(table, _COLUMNS, key=_COLUMNS[:2], change=overwrite(_COLUMNS[2:]))
_ROTAS = Statement(select(table.c.rota).distinct().order_by(table.c.rota))
_SINCE = Statement(select(func.min(table.c.started_at)).where(table.c.rota == bindparam("rota")))
_of_rota = table.alias("of_rota")
_NEWEST = (
    select(func.max(_of_rota.c.started_at)).where(_of_rota.c.rota == table.c.rota).scalar_subquery()
)
_LATEST = Statement(
    select(*_SELECTED).where(
        table.c.rota == bindparam("rota"),
        table.c.started_at == _NEWEST,
        table.c.ended_at.is_(None),
    )
)
_LAST_BEFORE = (
    select(func.max(_of_rota.c.started_at))
    .where(_of_rota.c.rota == bindparam("rota"), _of_rota.c.started_at <= bindparam("first"))
    .scalar_subquery()
)
_TOUCHING = Statement(
    select(*_SELECTED)
    .where(
        table.c.rota == bindparam("rota"),
        table.c.started_at >= func.coalesce(_LAST_BEFORE, bindparam("first")),
        table.c.started_at < bindparam("last"),
        or_(table.c.ended_at.is_(None), table.c.ended_at > bindparam("first")),
    )
    .order_by(table.c.started_at)
)

_OLD = Statement(
    select(table.c.rota, table.c.started_at)
    .where(table.c.ended_at < bindparam("before"))
    .limit(bindparam("most"))
)
_DELETE = Statement(
    delete(table).where(
        table.c.rota == bindparam("rota"), table.c.started_at == bindparam("started_at")
    )
)


def save(tx: Tx, records: Sequence[DutyRecord]) -> None:
    """Save records; one of the same rota and start is replaced."""
    tx.write_rows(
        _SAVE,
        [
            (
                record.rota,
                record.started_at,
                record.ended_at,
                record.planned_end,
                dump(record.turn),
                dump(record.also),
                record.origin,
                record.reconstructed,
            )
            for record in records
        ],
    )


def rotas(tx: Tx) -> list[str]:
    """Return the names of all rotas with records, also of those no longer in routes.yaml."""
    return [row[0] for row in tx.rows(_ROTAS)]


def latest(tx: Tx, names: Sequence[str]) -> dict[str, DutyRecord]:
    """Return the record without an end of each of these rotas, where there is one."""
    rows = [row for name in names if (row := tx.row(_LATEST, rota=name)) is not None]
    return {row[0]: _from_row(row) for row in rows}


def history(tx: Tx, rota: str, start: float, end: float) -> DutyHistory:
    """Return the records of a rota that touch [start, end)."""
    since: float | None = tx.rows(_SINCE, rota=rota)[0][0]
    rows = tx.rows(_TOUCHING, rota=rota, first=start, last=end)
    return DutyHistory(tuple(map(_from_row, rows)), since)


def prune(tx: Tx, before: float, limit: int) -> int:
    """Delete up to `limit` records that ended before an instant; return how many.

    It reads all records, which are few: a rota has one for each shift.
    """
    old = tx.rows(_OLD, before=before, most=limit)
    for rota, started_at in old:
        tx.run(_DELETE, rota=rota, started_at=started_at)
    return len(old)


def _from_row(row: Row) -> DutyRecord:
    rota, started_at, ended_at, planned_end, turn, also, origin, reconstructed = row
    return DutyRecord(
        rota,
        tuple(load(turn)),
        started_at,
        ended_at,
        planned_end,
        tuple(load(also)),
        origin,
        bool(reconstructed),
    )
