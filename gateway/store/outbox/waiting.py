"""Unfinished notices: which there are, and how many of each account."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import IS_UNFINISHED, QueueKey, from_row, select_notices
from gateway.store.schema.tables import notices

_BY_QUEUE = Statement(
    select(notices.c.incident, notices.c.target_key, notices.c.id, notices.c.kind)
    .where(InList(notices.c.incident, "incidents"), IS_UNFINISHED)
    .order_by(notices.c.id)
)
_ONE = Statement(select_notices().where(notices.c.id == bindparam("one")))
_BY_ID = Statement(
    select_notices().where(InList(notices.c.id, "ids"), IS_UNFINISHED).order_by(notices.c.id)
)
# One search for each account along the index by time: DISTINCT would read the whole index.
_NEXT_ACCOUNT = Statement(
    select(func.min(notices.c.channel)).where(
        IS_UNFINISHED, notices.c.channel > bindparam("after_account")
    )
)
_COUNT = (
    select(notices.c.channel, notices.c.state, func.count(), func.min(notices.c.created_at))
    .group_by(notices.c.channel, notices.c.state)
    .order_by(notices.c.channel, notices.c.state)
)
# Two queries: for an OR of the two SQLite would read the whole table.
_DEPTH = (
    Statement(_COUNT.where(IS_UNFINISHED)),
    Statement(_COUNT.where(notices.c.state == literal("dead"))),
)


def unfinished_by_queue(
    tx: Tx, incidents: Sequence[int]
) -> dict[QueueKey, list[tuple[int, NoticeKind]]]:
    """Return id and kind of incidents' unfinished notices by queue, oldest first."""
    queues: dict[QueueKey, list[tuple[int, NoticeKind]]] = {}
    for incident, target_key, notice, kind in tx.rows(_BY_QUEUE, incidents=json_list(incidents)):
        queues.setdefault((incident, target_key), []).append((notice, NoticeKind(kind)))
    return queues


def unfinished_by_id(tx: Tx, ids: Sequence[int]) -> list[Notice]:
    """Return the unfinished ones of these notices, oldest first."""
    return [from_row(row) for row in tx.rows(_BY_ID, ids=json_list(ids))]


def find(tx: Tx, notice_id: int) -> Notice | None:
    """Return a notice in any state; None for an unknown id."""
    row = tx.row(_ONE, one=notice_id)
    return None if row is None else from_row(row)


def waiting_accounts(tx: Tx) -> list[str]:
    """Return the account keys with unfinished notices, also of accounts that were removed."""
    account_keys: list[str] = []
    after = ""
    while (row := tx.row(_NEXT_ACCOUNT, after_account=after)) and row[0] is not None:
        after = row[0]
        account_keys.append(after)
    return account_keys


def depth(tx: Tx) -> list[tuple[str, str, int, float]]:
    """Return how many notices are unfinished or dead, by account and state.

    Rows of account key, state, count and the oldest `created_at`.
    """
    rows = [row for statement in _DEPTH for row in tx.rows(statement)]
    return sorted((row[0], row[1], row[2], row[3]) for row in rows)
