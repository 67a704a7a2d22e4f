"""The order in which incidents are decided: by urgency, then by time.

The lowest urgency number comes first. It is the rank of what people were notified of, or of the
worst alert that has joined since.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, literal_column, select

from gateway.core.incidents.incident import Incident
from gateway.store.db.bulk import update
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import incidents
from gateway.store.state.incidents import SELECTED, from_row

_DUE_NUMBERS = (
    select(incidents.c.number)
    .where(incidents.c.due_at <= bindparam("now"))
    .order_by(incidents.c.urgency, incidents.c.due_at)
    .limit(bindparam("most"))
    .scalar_subquery()
)
_DUE = Statement(
    select(*SELECTED, incidents.c.urgency)
    .where(incidents.c.number.in_(_DUE_NUMBERS))
    .order_by(incidents.c.urgency, incidents.c.due_at, incidents.c.number)
)
_MORE_URGENT = Statement(
    select(incidents.c.number)
    .where(
        incidents.c.due_at > bindparam("now"),
        incidents.c.due_at <= bindparam("soon"),
        incidents.c.urgency < bindparam("urgency"),
    )
    .limit(literal_column("1"))
)
_NEXT_DUE = Statement(select(func.min(incidents.c.due_at)).where(incidents.c.due_at.is_not(None)))
_MOVE_DUE_EARLIER = update(
    incidents,
    ["number"],
    ["due_at"],
    {
        "due_at": "CASE WHEN old.due_at IS NULL OR new.due_at < old.due_at"
        " THEN new.due_at ELSE old.due_at END"
    },
)
_RAISE_URGENCY = update(
    incidents,
    ["number"],
    ["urgency"],
    {"urgency": "CASE WHEN new.urgency < old.urgency THEN new.urgency ELSE old.urgency END"},
)


def due(
    tx: Tx, now: float, limit: int, *, few: int | None = None, soon: float = 0.0
) -> list[Incident]:
    """Return the most urgent incidents that are due at `now`, the longest due first.

    All have the same urgency, because a critical one must not wait until a batch of lesser ones is
    decided. For the same reason at most `few` are returned if a more urgent one will be due within
    `soon` seconds.
    """
    rows = tx.rows(_DUE, now=now, most=limit)
    if not rows:
        return []
    urgency = rows[0][-1]
    rows = [row for row in rows if row[-1] == urgency]
    if (
        few is not None
        and len(rows) > few
        and tx.rows(_MORE_URGENT, now=now, soon=now + soon, urgency=urgency)
    ):
        del rows[few:]
    return [from_row(row[:-1]) for row in rows]


def next_due(tx: Tx) -> float | None:
    """Return when the next incident is due; None if none will be."""
    earliest: float | None = tx.rows(_NEXT_DUE)[0][0]
    return earliest


def move_due_earlier(tx: Tx, rows: Sequence[tuple[int, float]]) -> None:
    """Make incidents due earlier, never later: rows of number and due_at."""
    earliest: dict[int, float] = {}
    for number, due_at in rows:
        earliest[number] = min(due_at, earliest.get(number, due_at))
    tx.write_rows(_MOVE_DUE_EARLIER, list(earliest.items()))


def raise_urgency(tx: Tx, rows: Sequence[tuple[int, int]]) -> None:
    """Make incidents more urgent, never less: rows of number and urgency.

    Urgency 1 comes before 2.
    """
    first: dict[int, int] = {}
    for number, urgency in rows:
        first[number] = min(urgency, first.get(number, urgency))
    tx.write_rows(_RAISE_URGENCY, list(first.items()))
