"""Silences, kept until long after their end."""

from collections.abc import Iterator

from sqlalchemy import bindparam, case, delete, func, or_, select

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.store.db.bulk import as_given, insert, update
from gateway.store.db.session import Row
from gateway.store.db.statement import Among, Statement, dump, keys, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import silences
from gateway.store.state import counters

VERSION = "silence_version"
COLUMNS = (
    "id",
    "starts_at",
    "ends_at",
    "updated_at",
    "seen_at",
    "gone_for",
    "created_by",
    "comment",
    "matchers",
    "annotations",
)
_SELECTED = [silences.c[name] for name in COLUMNS]
_PUT = insert(silences, COLUMNS, key=["id"], change=as_given(COLUMNS[1:]))
_SEEN = update(silences, ["id"], ["seen_at"], as_given(["seen_at"]))
_GET = Statement(select(*_SELECTED).where(silences.c.id == bindparam("one")))
_SINCE = Statement(
    select(*_SELECTED)
    .where(silences.c.ends_at > bindparam("since"))
    .order_by(silences.c.ends_at, silences.c.id)
)
_TURNING = Statement(
    select(*_SELECTED)
    .where(
        silences.c.ends_at > bindparam("since"),
        or_(silences.c.ends_at <= bindparam("now"), silences.c.starts_at > bindparam("since")),
    )
    .order_by(silences.c.ends_at, silences.c.id)
)
_NEXT_END = Statement(
    select(func.min(silences.c.ends_at)).where(silences.c.ends_at > bindparam("now"))
)
_UNTIL_GONE = Statement(
    select(*_SELECTED)
    .where(
        silences.c.ends_at > bindparam("now"),
        silences.c.starts_at <= bindparam("now"),
        silences.c.gone_for.is_not(None),
    )
    .order_by(silences.c.ends_at, silences.c.id)
)
_STANDING = Statement(
    select(func.count(case((silences.c.starts_at <= bindparam("now"), 1))), func.count()).where(
        silences.c.ends_at > bindparam("now")
    )
)
_OLD = Statement(
    select(silences.c.id)
    .where(silences.c.ends_at < bindparam("before"))
    .order_by(silences.c.ends_at)
    .limit(bindparam("most"))
)
_FORGET = Statement(delete(silences).where(Among(silences.c.id, "ids")))


def of_row(row: Row) -> Silence:
    """Make a silence of a row of `COLUMNS`."""
    return Silence(
        id=row[0],
        starts_at=row[1],
        ends_at=row[2],
        updated_at=row[3],
        seen_at=row[4],
        gone_for=row[5],
        created_by=row[6],
        comment=row[7],
        matchers=tuple([Matcher.restore(*one) for one in load(row[8])]),
        annotations=load(row[9]),
    )


def put(tx: Tx, silence: Silence) -> None:
    """Save a silence, new or known, and tell every replica that silences changed."""
    row = (
        silence.id,
        silence.starts_at,
        silence.ends_at,
        silence.updated_at,
        silence.seen_at,
        silence.gone_for,
        silence.created_by,
        silence.comment,
        dump([(one.name, one.op, one.value) for one in silence.matchers]),
        dump(silence.annotations),
    )
    tx.bulk(_PUT, [row])
    counters.take(tx, VERSION, 1)


def get(tx: Tx, silence_id: str) -> Silence | None:
    """Return the silence of that id."""
    row = tx.row(_GET, one=silence_id)
    return None if row is None else of_row(row)


def since(tx: Tx, instant: float) -> list[Silence]:
    """Return those that end after an instant: with now, the active and the pending ones."""
    return list(each_since(tx, instant))


def each_since(tx: Tx, instant: float) -> Iterator[Silence]:
    """The same, made one by one: who makes a text of ten thousand need not hold them all."""
    return map(of_row, tx.rows(_SINCE, since=instant))


def turning(tx: Tx, since: float, now: float) -> list[Silence]:
    """Return those that began or ended after `since`, until `now`, and those that are to begin."""
    return [of_row(row) for row in tx.rows(_TURNING, since=since, now=now)]


def next_end(tx: Tx, now: float) -> float | None:
    """Return when the next of them ends, None when none will."""
    end: float | None = tx.rows(_NEXT_END, now=now)[0][0]
    return end


def until_gone(tx: Tx, now: float) -> list[Silence]:
    """Return the active ones that end when nothing fires any more that they match."""
    return [of_row(row) for row in tx.rows(_UNTIL_GONE, now=now)]


def standing(tx: Tx, now: float) -> dict[str, int]:
    """Return how many are active and how many are pending."""
    active, every = tx.rows(_STANDING, now=now)[0]
    return {"active": active, "pending": every - active}


def version(tx: Tx) -> int:
    """Return a number that changes whenever a silence was made, changed or ended by somebody."""
    return counters.read(tx, VERSION)


def seen(tx: Tx, rows: list[tuple[str, float]]) -> None:
    """Remember when alerts that silences match were seen to fire: rows of id and instant."""
    tx.bulk(_SEEN, rows)


def prune(tx: Tx, before: float, limit: int) -> int:
    """Forget up to `limit` silences that ended before an instant; return how many."""
    ids = [row[0] for row in tx.rows(_OLD, before=before, most=limit)]
    return tx.run(_FORGET, ids=keys(ids)) if ids else 0
