"""Stored silences, with expired ones until their retention ends."""

from collections.abc import Iterator

from sqlalchemy import bindparam, case, delete, func, or_, select

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.store.db.bulk import insert, overwrite, update
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, load
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
_SAVE = insert(silences, COLUMNS, key=["id"], change=overwrite(COLUMNS[1:]))
_MARK_SEEN = update(silences, ["id"], ["seen_at"], overwrite(["seen_at"]))
_GET = Statement(select(*_SELECTED).where(silences.c.id == bindparam("one")))
_ENDING_AFTER = Statement(
    select(*_SELECTED)
    .where(silences.c.ends_at > bindparam("since"))
    .order_by(silences.c.ends_at, silences.c.id)
)
_CHANGING = Statement(
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
_ENDING_WHEN_RESOLVED = Statement(
    select(*_SELECTED)
    .where(
        silences.c.ends_at > bindparam("now"),
        silences.c.starts_at <= bindparam("now"),
        silences.c.gone_for.is_not(None),
    )
    .order_by(silences.c.ends_at, silences.c.id)
)
_OPEN_COUNTS = Statement(
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
_DELETE = Statement(delete(silences).where(InList(silences.c.id, "ids")))


def from_row(row: Row) -> Silence:
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


def save(tx: Tx, silence: Silence) -> None:
    """Save a silence, new or known, and raise the version that replicas compare."""
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
    tx.write_rows(_SAVE, [row])
    counters.take(tx, VERSION, 1)


def get(tx: Tx, silence_id: str) -> Silence | None:
    """Return the silence of that id; None if it is unknown."""
    row = tx.row(_GET, one=silence_id)
    return None if row is None else from_row(row)


def ending_after(tx: Tx, instant: float) -> list[Silence]:
    """Return the silences that end after an instant.

    After now, these are the active and the pending ones.
    """
    return list(iterate_ending_after(tx, instant))


def iterate_ending_after(tx: Tx, instant: float) -> Iterator[Silence]:
    """Yield the same one by one, because there may be ten thousand."""
    return map(from_row, tx.rows(_ENDING_AFTER, since=instant))


def changing(tx: Tx, since: float, now: float) -> list[Silence]:
    """Return pending silences, and those that began or ended since."""
    return [from_row(row) for row in tx.rows(_CHANGING, since=since, now=now)]


def next_end(tx: Tx, now: float) -> float | None:
    """Return when the next silence ends; None if none will."""
    end: float | None = tx.rows(_NEXT_END, now=now)[0][0]
    return end


def ending_when_resolved(tx: Tx, now: float) -> list[Silence]:
    """Return active silences that end when none of the alerts that they match fires."""
    return [from_row(row) for row in tx.rows(_ENDING_WHEN_RESOLVED, now=now)]


def open_counts(tx: Tx, now: float) -> dict[str, int]:
    """Return how many silences are active and how many are pending."""
    active, every = tx.rows(_OPEN_COUNTS, now=now)[0]
    return {"active": active, "pending": every - active}


def version(tx: Tx) -> int:
    """Return a number that changes when somebody creates, changes or ends a silence."""
    return counters.read(tx, VERSION)


def mark_seen(tx: Tx, rows: list[tuple[str, float]]) -> None:
    """Store when alerts that silences match were last firing: rows of id and instant."""
    tx.write_rows(_MARK_SEEN, rows)


def prune(tx: Tx, before: float, limit: int) -> int:
    """Delete up to `limit` silences that ended before an instant; return how many."""
    ids = [row[0] for row in tx.rows(_OLD, before=before, most=limit)]
    return tx.run(_DELETE, ids=json_list(ids)) if ids else 0
