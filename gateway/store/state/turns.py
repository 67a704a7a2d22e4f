"""Stored turns of rotas: whose turn it was at the last edit, so that an edit moves nobody's."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from gateway.core.oncall.rota import Rota
from gateway.core.oncall.turns_json import turns_from_json, turns_to_json
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import rota_turns as table

_COLUMNS = ("rota", "turns")
_ALL = Statement(select(table.c.rota, table.c.turns).order_by(table.c.rota))
_SAVE = insert(table, _COLUMNS, key=_COLUMNS[:1], change=overwrite(_COLUMNS[1:]))


def read(tx: Tx) -> Mapping[str, Rota]:
    """Return the rotas by name, each with its zone, its layers' turns and their anchors only."""
    return {name: turns_from_json(name, load(text)) for name, text in tx.rows(_ALL)}


def save(tx: Tx, rotas: Sequence[Rota]) -> None:
    """Store the turns of rotas."""
    tx.write_rows(_SAVE, [(rota.name, dump(turns_to_json(rota))) for rota in rotas])
