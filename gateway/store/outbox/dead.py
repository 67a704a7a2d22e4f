"""Dead notices: those that were given up, their fallback and their replay."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, exists, select, update

from gateway.core.incidents.outbox import Notice
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import from_row, select_notices
from gateway.store.schema.tables import notices

_NEWEST = 2**62  # above every id

_MARK_FALLBACK_NOTIFIED = Statement(
    update(notices).where(InList(notices.c.id, "ids")).values(fell_back=True)
)
_DEAD_NOTICES = Statement(
    select_notices()
    .where(notices.c.state == literal("dead"), notices.c.id < bindparam("before_id"))
    .order_by(notices.c.id.desc())
    .limit(bindparam("most"))
)
_later = notices.alias("later")
_REACHED_LATER = and_(
    _later.c.target_key == notices.c.target_key,
    _later.c.id > notices.c.id,
    _later.c.state == literal("sent"),
)
_REPLAY = Statement(
    update(notices)
    .where(
        InList(notices.c.id, "ids"),
        notices.c.state == literal("dead"),
        ~exists().where(_later.c.incident == notices.c.incident, _REACHED_LATER),
        ~exists().where(_later.c.subject == notices.c.subject, _REACHED_LATER),
    )
    .values(state="pending", next_at=bindparam("now"), attempts=0, first_attempt_at=None, owner="")
    .returning(notices.c.id)
)
# The resolved notices that were cancelled because their firing one was dead: after a replay the
# target is notified of the firing, and must be notified of the end as well.
_REVIVE = Statement(
    update(notices)
    .where(
        notices.c.kind == literal("resolved"),
        notices.c.state == literal("cancelled"),
        exists().where(
            InList(_later.c.id, "ids"),
            _later.c.incident == notices.c.incident,
            _later.c.target_key == notices.c.target_key,
            _later.c.id < notices.c.id,
        ),
        InList(notices.c.incident, "incidents"),
    )
    .values(state="pending", next_at=bindparam("now"), owner="", detail="")
)
_INCIDENTS_OF = Statement(
    select(notices.c.incident)
    .where(InList(notices.c.id, "ids"), notices.c.incident.is_not(None))
    .distinct()
)


def mark_fallback_notified(tx: Tx, ids: Sequence[int]) -> None:
    """Store that the fallback was notified of these notices."""
    tx.run(_MARK_FALLBACK_NOTIFIED, ids=json_list(ids))


def dead_notices(tx: Tx, limit: int, before: int | None = None) -> list[Notice]:
    """Return dead notices with an id below `before`, the newest first."""
    before_id = _NEWEST if before is None else before
    return [from_row(row) for row in tx.rows(_DEAD_NOTICES, most=limit, before_id=before_id)]


def replay(tx: Tx, ids: Sequence[int], now: float) -> list[int]:
    """Make dead notices pending again, as if they were new; return their ids.

    A notice stays dead if a later one reached the same target, because an older message must not
    follow a newer one (promise 4). The resolved notice that was cancelled with it is pending again,
    too (promise 14).
    """
    again = sorted(row[0] for row in tx.rows(_REPLAY, ids=json_list(ids), now=now))
    incidents = [row[0] for row in tx.rows(_INCIDENTS_OF, ids=json_list(again))]
    tx.run(_REVIVE, ids=json_list(again), incidents=json_list(incidents), now=now)
    return again
