"""Targets for whom more waits than they can read: what a digest is made of."""

from sqlalchemy import bindparam, func, select

from gateway.core.incidents.outbox import Notice
from gateway.store.db.statement import Statement, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import from_row, select_notices
from gateway.store.schema.tables import notices

_TARGETS = Statement(
    select(notices.c.target_key)
    .where(
        notices.c.channel == bindparam("on_channel"),
        notices.c.rank > bindparam("worst"),
        notices.c.next_at <= bindparam("now"),
    )
    .group_by(notices.c.target_key)
    .having(func.count() >= bindparam("at_least"))
    .order_by(notices.c.target_key)
)
_NOTICES = Statement(
    select_notices()
    .where(
        notices.c.channel == bindparam("on_channel"),
        notices.c.rank > bindparam("worst"),
        notices.c.next_at <= bindparam("now"),
        notices.c.target_key == bindparam("key"),
        notices.c.state == literal("pending"),
        notices.c.incident.is_not(None),
    )
    .order_by(notices.c.rank, notices.c.id)
    .limit(bindparam("most"))
)


def targets_to_digest(tx: Tx, channel: str, now: float, worst: int, at_least: int) -> list[str]:
    """Return keys of targets for whom at least so many notices of lesser rank than `worst` are due.

    An estimate from the index alone: ask `notices_to_digest` for what can be folded.
    """
    rows = tx.rows(_TARGETS, on_channel=channel, now=now, worst=worst, at_least=at_least)
    return [row[0] for row in rows]


def notices_to_digest(
    tx: Tx, channel: str, target_key: str, worst: int, now: float, limit: int
) -> list[Notice]:
    """Return due notices to a target that nobody is sending, of lesser rank than `worst`.

    Lowest rank first, then oldest. Digests and tests are not among them.
    """
    rows = tx.rows(_NOTICES, on_channel=channel, key=target_key, worst=worst, now=now, most=limit)
    return [from_row(row) for row in rows]
