"""What must be known of notices that could not be told, by those that tell it instead."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import Notice
from gateway.store.db.bulk import update as bulk_update
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.outcomes import CANCELLED_COLUMNS, mark_possibly_notified
from gateway.store.outbox.rows import QueueKey, from_row, select_notices
from gateway.store.schema.tables import incidents, notices, recipients

_NOTIFIED_SINCE = Statement(
    select(notices.c.target_key).where(
        notices.c.incident == bindparam("number"),
        notices.c.created_at >= bindparam("since"),
        notices.c.state != literal("cancelled"),
    )
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
_ended, _newer = incidents.alias("ended"), incidents.alias("newer")
_REFIRED_QUEUES = Statement(
    select(_ended.c.number, recipients.c.target_key, _newer.c.number)
    .join(_newer, _newer.c.group_hash == _ended.c.group_hash)
    .join(recipients, recipients.c.incident == _newer.c.number)
    .where(
        InList(_ended.c.number, "incidents"),
        _newer.c.state != literal(State.RESOLVED.value),
        _newer.c.number > _ended.c.number,
        recipients.c.heard,
    )
)
_POSTPONE = bulk_update(
    notices,
    ["id"],
    ["next_at"],
    {"state": "'pending'", "owner": "''", "next_at": "new.next_at"},
)
_REASONS = Statement(
    select(notices.c.kind, notices.c.reason)
    .where(InList(notices.c.id, "ids"))
    .order_by(notices.c.id)
)
_MAKE_LOUD = Statement(
    update(notices)
    .where(notices.c.id == bindparam("one"))
    .values(reason=bindparam("for_reason"), quiet=False)
)
_CANCEL_PAGES = Statement(
    update(notices)
    .where(
        notices.c.incident == bindparam("number"),
        notices.c.next_at.is_not(None),
        notices.c.state == literal("pending"),
        notices.c.person == bindparam("who"),
        notices.c.channel == bindparam("on_channel"),
    )
    .values(state="cancelled", next_at=None, owner="", detail=bindparam("why"))
    .returning(*CANCELLED_COLUMNS)
)


def notified_since(tx: Tx, incident: int, since: float) -> set[str]:
    """Return the keys of the targets for whom a notice of an incident was made since then."""
    return {row[0] for row in tx.rows(_NOTIFIED_SINCE, number=incident, since=since)}


def notices_in_digest(tx: Tx, digest: int, incidents: Sequence[int]) -> list[Notice]:
    """Return the notices of these incidents that a digest was to tell, oldest first."""
    rows = tx.rows(_NOTICES_IN_DIGEST, digest=digest, incidents=json_list(incidents))
    return [from_row(row) for row in rows]


def unsent_digests(tx: Tx, incidents: Sequence[int]) -> dict[QueueKey, float]:
    """Return the lanes of these incidents whose word is in a digest that was not told yet, with
    the instant at which that is tried again."""
    rows = tx.rows(_UNSENT_DIGESTS, incidents=json_list(incidents))
    return {(number, target_key): next_at for number, target_key, next_at in rows}


def refired_queues(tx: Tx, incidents: Sequence[int]) -> dict[QueueKey, int]:
    """Return the lanes of these incidents whose target has heard since that the same group burns
    again, with the number of the incident that does."""
    rows = tx.rows(_REFIRED_QUEUES, incidents=json_list(incidents))
    return {(number, target_key): newer for number, target_key, newer in rows}


def postpone(tx: Tx, rows: Sequence[tuple[int, float]]) -> None:
    """Hand back claimed notices that were not begun: rows of id and the next try's instant."""
    tx.write_rows(_POSTPONE, rows)


def reasons(tx: Tx, ids: Sequence[int]) -> list[tuple[NoticeKind, NotifyReason]]:
    """Return kind and reason of notices, oldest first."""
    return [
        (NoticeKind(kind), NotifyReason(reason))
        for kind, reason in tx.rows(_REASONS, ids=json_list(ids))
    ]


def make_loud(tx: Tx, notice_id: int, reason: NotifyReason) -> None:
    """Let a notice speak aloud for another reason from now on, also when it is tried again."""
    tx.run(_MAKE_LOUD, one=notice_id, for_reason=reason.value)


def cancel_pages(tx: Tx, incident: int, person: str, channel: str, why: str) -> None:
    """Cancel what waits for a person on a channel: who has the incident needs no page for it."""
    rows = tx.rows(_CANCEL_PAGES, number=incident, who=person, on_channel=channel, why=why)
    mark_possibly_notified(tx, rows)
