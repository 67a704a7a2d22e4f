"""Announced shifts: what people know of the next weeks of each rota."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from gateway.core.oncall.announced import Announced
from gateway.core.oncall.rota import Stint
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import InList, Statement, dump, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import announced_shifts

_COLUMNS = ("rota", "until", "checked_at", "digest", "stints")
_READ_ALL = Statement(select(*(announced_shifts.c[name] for name in _COLUMNS)))
_SAVE = insert(announced_shifts, _COLUMNS, key=["rota"], change=overwrite(_COLUMNS[1:]))
_DELETE = Statement(delete(announced_shifts).where(InList(announced_shifts.c.rota, "rotas")))


def read_all(tx: Tx) -> dict[str, Announced]:
    """Return the announced shifts of all rotas by name."""
    return {
        rota: Announced(
            rota,
            tuple(Stint(person, start, end) for person, start, end in load(stints)),
            until,
            checked_at,
            digest,
        )
        for rota, until, checked_at, digest, stints in tx.rows(_READ_ALL)
    }


def save(tx: Tx, announced: Sequence[Announced]) -> None:
    """Replace the announced shifts of these rotas."""
    rows = [
        (
            one.rota,
            one.until,
            one.checked_at,
            one.digest,
            dump([[each.person, each.start, each.end] for each in one.stints]),
        )
        for one in announced
    ]
    tx.write_rows(_SAVE, rows)


def remove(tx: Tx, rotas: Sequence[str]) -> None:
    """Delete the announced shifts of rotas that no longer exist."""
    if rotas:
        tx.run(_DELETE, rotas=json_list(rotas))


def _lists(stints: Sequence[Stint]) -> list[list[object]]:
    return [[one.person, one.start, one.end] for one in stints]
