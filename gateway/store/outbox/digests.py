"""Digests: which notices can be folded into one message, and which were."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from gateway.core.incidents.notice import END_KINDS, FIRING_KINDS, NoticeKind
from gateway.core.incidents.outbox import Notice
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.recipients import mark_end_notified, mark_notified
from gateway.store.outbox.rows import IS_UNFINISHED, QueueKey, from_row, select_notices
from gateway.store.schema.tables import notices

_TARGETS = Statement(
    select(notices.c.target_key)
    .where(
        notices.c.channel == bindparam("of_account"),
        notices.c.rank > bindparam("urgent_to"),
        notices.c.next_at <= bindparam("now"),
    )
    .group_by(notices.c.target_key)
    .having(func.count() >= bindparam("at_least"))
    .order_by(notices.c.target_key)
)
_NOTICES = Statement(
    select_notices()
    .where(
        notices.c.channel == bindparam("of_account"),
        notices.c.rank > bindparam("urgent_to"),
        notices.c.next_at <= bindparam("now"),
        notices.c.target_key == bindparam("key"),
        notices.c.state == literal("pending"),
        notices.c.incident.is_not(None),
    )
    .order_by(notices.c.rank, notices.c.id)
    .limit(bindparam("most"))
)
_FOLD = Statement(
    update(notices)
    .where(InList(notices.c.id, "ids"), IS_UNFINISHED)
    .values(state="folded", next_at=None, owner="", folded_into=bindparam("into_id"))
)
_QUEUES = Statement(
    select(notices.c.incident, notices.c.target_key, notices.c.target, notices.c.kind)
    .where(InList(notices.c.id, "ids"), notices.c.incident.is_not(None), IS_UNFINISHED)
    .order_by(notices.c.id)
)
_NOTICES_IN_DIGEST = Statement(
    select_notices()
    .where(InList(notices.c.incident, "incidents"), notices.c.folded_into == bindparam("digest"))
    .order_by(notices.c.id)
)
_digest = notices.alias("digest")
_UNSENT_DIGESTS = Statement(
    select(notices.c.incident, notices.c.target_key, func.max(_digest.c.next_at))
    .join(_digest, _digest.c.id == notices.c.folded_into)
    .where(
        InList(notices.c.incident, "incidents"),
        _digest.c.incident.is_(None),
        _digest.c.next_at.is_not(None),
    )
    .group_by(notices.c.incident, notices.c.target_key)
)


def targets_to_digest(
    tx: Tx, account_key: str, now: float, urgent_to: int, at_least: int
) -> list[str]:
    """Return the keys of targets with many due notices of a lesser rank than `urgent_to`.

    `at_least` says how many. This is an estimate from the index alone: `notices_to_digest` returns
    the notices that can be folded.
    """
    rows = tx.rows(
        _TARGETS, of_account=account_key, now=now, urgent_to=urgent_to, at_least=at_least
    )
    return [row[0] for row in rows]


def notices_to_digest(
    tx: Tx, account_key: str, target_key: str, urgent_to: int, now: float, limit: int
) -> list[Notice]:
    """Return a target's due, unclaimed notices of a lesser rank than `urgent_to`.

    The lowest rank number comes first, then the oldest. Digests and tests are left out.
    """
    rows = tx.rows(
        _NOTICES, of_account=account_key, key=target_key, urgent_to=urgent_to, now=now, most=limit
    )
    return [from_row(row) for row in rows]


def fold(tx: Tx, ids: Sequence[int], into: int, *, knows_firing: bool = False) -> int:
    """Replace unfinished notices by another one; return how many were replaced.

    `knows_firing` counts their targets as notified of the incidents, so that they are notified when
    these resolve. Set it for a digest, which stands for many incidents and belongs to none.
    """
    if knows_firing:
        rows = list(tx.rows(_QUEUES, ids=json_list(ids)))
        targets = {
            (incident, target_key): target
            for incident, target_key, target, kind in rows
            # A firing notice may have been folded into one about an acknowledgement.
            if NoticeKind(kind) in FIRING_KINDS or NoticeKind(kind) is NoticeKind.ACKNOWLEDGED
        }
        mark_notified(tx, targets)
        mark_end_notified(tx, _ended(rows))
    return tx.run(_FOLD, ids=json_list(ids), into_id=into)


def _ended(rows: Sequence[Row]) -> dict[QueueKey, str]:
    """Return the queues whose newest notice about firing or ending is an end, of `_QUEUES`."""
    newest = {
        (incident, target_key): (target, NoticeKind(kind))
        for incident, target_key, target, kind in rows
        if NoticeKind(kind) in FIRING_KINDS | END_KINDS
    }
    return {queue: target for queue, (target, kind) in newest.items() if kind in END_KINDS}


def notices_in_digest(tx: Tx, digest: int, incidents: Sequence[int]) -> list[Notice]:
    """Return these incidents' notices in a digest, oldest first."""
    rows = tx.rows(_NOTICES_IN_DIGEST, digest=digest, incidents=json_list(incidents))
    return [from_row(row) for row in rows]


def unsent_digests(tx: Tx, incidents: Sequence[int]) -> dict[QueueKey, float]:
    """Return the queues with a notice in a digest that was not sent yet.

    Each maps to the instant of the digest's next attempt.
    """
    rows = tx.rows(_UNSENT_DIGESTS, incidents=json_list(incidents))
    return {(number, target_key): next_at for number, target_key, next_at in rows}
