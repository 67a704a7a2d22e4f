"""Stored swaps; answered and expired ones are kept."""

from dataclasses import replace

from sqlalchemy import bindparam, func, select

from gateway.core.oncall.swaps import Swap, SwapAnswer, SwapState
from gateway.core.time.spans import Span
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import swaps as table
from gateway.store.state import counters, plan_version
from gateway.store.state.changes import read_actor

_COUNTER = "swap"
_COLUMNS = (
    "id",
    "rota",
    "person",
    "other",
    "gives_from",
    "gives_to",
    "takes_from",
    "takes_to",
    "actor",
    "why",
    "created_at",
    "state",
    "answered_by",
    "answered_at",
    "answer",
)
_SELECTED = [table.c[name] for name in _COLUMNS]
_ANSWER = ("state", "answered_by", "answered_at", "answer")
_SAVE = insert(table, _COLUMNS, key=["id"], change=overwrite(_ANSWER))
_GET = Statement(select(*_SELECTED).where(table.c.id == bindparam("one")))
_ENDING_AFTER = Statement(
    select(*_SELECTED)
    .where(func.coalesce(table.c.takes_to, table.c.gives_to) > bindparam("since"))
    .order_by(table.c.id)
)


def add(tx: Tx, swap: Swap) -> Swap:
    """Store a new swap and return it with its id."""
    (number,) = counters.take(tx, _COUNTER, 1)
    added = replace(swap, id=number)
    save(tx, added)
    return added


def save(tx: Tx, swap: Swap) -> None:
    """Store a swap, of a known one what became of it.

    The plan's version grows with it, so that of two answers at once the second one is refused.
    """
    tx.write_rows(_SAVE, [_row(swap)])
    plan_version.advance(tx)


def get(tx: Tx, id_: int) -> Swap | None:
    """Return a swap; None for an unknown id."""
    row = tx.row(_GET, one=id_)
    return None if row is None else _from_row(row)


def ending_after(tx: Tx, since: float) -> list[Swap]:
    """Return the swaps whose last shift ends after an instant, in the order of their ids."""
    return [_from_row(row) for row in tx.rows(_ENDING_AFTER, since=since)]


def _row(swap: Swap) -> Row:
    answer = swap.answer
    return (
        swap.id,
        swap.rota,
        swap.person,
        swap.other,
        *swap.gives,
        *(swap.takes or (None, None)),
        dump(swap.actor.to_json()),
        swap.why,
        swap.created_at,
        swap.state.value,
        answer and dump(answer.actor.to_json()),
        answer and answer.at,
        answer and answer.reason,
    )


def _from_row(row: Row) -> Swap:
    id_, rota, person, other, gives_from, gives_to, takes_from, takes_to, actor, *rest = row
    why, created_at, state, answered_by, answered_at, reason = rest
    return Swap(
        rota=rota,
        person=person,
        other=other,
        gives=Span(gives_from, gives_to),
        takes=None if takes_from is None else Span(takes_from, takes_to),
        actor=read_actor(actor),
        why=why,
        created_at=created_at,
        state=SwapState(state),
        answer=None
        if answered_by is None
        else SwapAnswer(read_actor(answered_by), answered_at, reason),
        id=id_,
    )
