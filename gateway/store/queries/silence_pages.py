"""Silences in pages, for lists of any length."""

from collections.abc import Mapping

from sqlalchemy import bindparam, func, select

from gateway.core.incidents.silence import Silence
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import silences
from gateway.store.state.silences import COLUMNS, from_row, open_counts

_SELECTED = [silences.c[name] for name in COLUMNS]
_NOT_ENDED = silences.c.ends_at > bindparam("now")
_HAVE_ENDED = (silences.c.ends_at > bindparam("since"), silences.c.ends_at <= bindparam("now"))
_ENDED = Statement(select(func.count()).where(*_HAVE_ENDED))
_ACTIVE = Statement(
    select(*_SELECTED)
    .where(_NOT_ENDED, silences.c.starts_at <= bindparam("now"))
    .order_by(silences.c.ends_at, silences.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_PENDING = Statement(
    select(*_SELECTED)
    .where(_NOT_ENDED, silences.c.starts_at > bindparam("now"))
    .order_by(silences.c.starts_at, silences.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_EXPIRED = Statement(
    select(*_SELECTED)
    .where(*_HAVE_ENDED)
    .order_by(silences.c.ends_at.desc(), silences.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_BY_STATE = {"active": _ACTIVE, "pending": _PENDING, "expired": _EXPIRED}


def counts(tx: Tx, now: float, since: float) -> Mapping[str, int]:
    """Return the number of silences by state.

    Expired ones count only if they ended after `since`.
    """
    return {**open_counts(tx, now), "expired": tx.rows(_ENDED, now=now, since=since)[0][0]}


def page(tx: Tx, now: float, since: float, skip: int, most: int) -> Mapping[str, list[Silence]]:
    """Return up to `most` silences by state, after the first `skip`.

    Active silences come first, those that end soonest before the others. Then come the pending in
    order of their start, and the expired, those that ended last before the others.
    """
    pages = {}
    for state, count in counts(tx, now, since).items():
        rows = []
        if most and skip < count:
            rows = tx.rows(_BY_STATE[state], now=now, since=since, skip=skip, most=most)
        pages[state] = [from_row(row) for row in rows]
        skip, most = max(0, skip - count), most - len(rows)
    return pages
