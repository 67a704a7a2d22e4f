"""Changes to unfinished notices: their kind, their reason and their next attempt."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, update

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure
from gateway.store.db.bulk import update as bulk_update
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import IS_UNFINISHED
from gateway.store.schema.tables import notices

_CHANGE_KIND = Statement(
    update(notices)
    .where(notices.c.id == bindparam("one"), IS_UNFINISHED)
    .values(kind=bindparam("as_kind"))
)
_MAKE_LOUD = Statement(
    update(notices)
    .where(notices.c.id == bindparam("one"))
    .values(reason=bindparam("for_reason"), quiet=False)
)
_REASONS = Statement(
    select(notices.c.kind, notices.c.reason)
    .where(InList(notices.c.id, "ids"))
    .order_by(notices.c.id)
)
_RETRY_NOW = Statement(
    update(notices)
    .where(
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        notices.c.next_at > bindparam("now"),
        notices.c.attempts > 0,  # others wait for a person's quiet hours
        notices.c.outcome != bindparam("held"),
    )
    .values(next_at=bindparam("now"))
)
_RETRY_QUEUES_NOW = bulk_update(
    notices,
    ["incident", "target_key"],
    ["next_at", "rank"],
    {
        "next_at": "CASE WHEN old.state = 'pending' AND old.next_at > new.next_at"
        " THEN new.next_at ELSE old.next_at END",
        "rank": "CASE WHEN old.next_at IS NOT NULL AND old.rank > new.rank"
        " THEN new.rank ELSE old.rank END",
    },
)
_RELEASE_HELD = bulk_update(
    notices,
    ["incident", "target_key"],
    ["next_at"],
    {
        "next_at": "CASE WHEN old.state = 'pending' AND old.attempts = 0"
        " AND old.next_at > new.next_at THEN new.next_at ELSE old.next_at END"
    },
)
_POSTPONE = bulk_update(
    notices,
    ["id"],
    ["next_at"],
    {"state": "'pending'", "owner": "''", "next_at": "new.next_at"},
)


def change_kind(tx: Tx, notice_id: int, kind: NoticeKind) -> None:
    """Change the kind of an unfinished notice, for all its further attempts."""
    tx.run(_CHANGE_KIND, one=notice_id, as_kind=kind.value)


def make_loud(tx: Tx, notice_id: int, reason: NotifyReason) -> None:
    """Make a quiet notice loud for another reason, for all its attempts."""
    tx.run(_MAKE_LOUD, one=notice_id, for_reason=reason.value)


def reasons(tx: Tx, ids: Sequence[int]) -> list[tuple[NoticeKind, NotifyReason]]:
    """Return kind and reason of notices, oldest first."""
    rows = tx.rows(_REASONS, ids=json_list(ids))
    return [(NoticeKind(kind), NotifyReason(reason)) for kind, reason in rows]


def retry_now(tx: Tx, now: float) -> int:
    """Make all notices due that were tried, except those that wait for a vendor's rate limit."""
    return tx.run(_RETRY_NOW, now=now, held=Failure.RATE_LIMITED.value)


def retry_queues_now(tx: Tx, queues: Mapping[tuple[int, str], int], now: float) -> None:
    """Make the waiting notices of these queues due, because an urgent one joins them.

    `queues` maps an incident and a target key to the rank of the new notice. The head of a queue
    is claimed by its own rank, so it gets the new one: the urgent notice must not wait behind it.
    Holds still apply.
    """
    tx.write_rows(
        _RETRY_QUEUES_NOW, [(*queue, now, rank) for queue, rank in sorted(queues.items())]
    )


def release_held(tx: Tx, queues: Sequence[tuple[int, str]], now: float) -> None:
    """Make notices due that wait for quiet hours at the heads of queues, before others join them.

    `queues` are incidents and target keys. The head would keep back what must be sent at once.
    """
    if queues:
        tx.write_rows(_RELEASE_HELD, [(*queue, now) for queue in sorted(queues)])


def postpone(tx: Tx, rows: Sequence[tuple[int, float]]) -> None:
    """Hand back claimed notices that were not begun: rows of id and next attempt."""
    tx.write_rows(_POSTPONE, rows)
