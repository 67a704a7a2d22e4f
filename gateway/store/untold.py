"""What must be known of notices that could not be told, by those that tell it instead."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from gateway.core.notice import Kind, Reason
from gateway.core.outbox import Notice
from gateway.store.lines import of_row, selected
from gateway.store.sql import Among, Statement, fixed, keys
from gateway.store.tables import notices
from gateway.store.tx import Tx

_TOLD_SINCE = Statement(
    select(notices.c.target_key).where(
        notices.c.incident == bindparam("number"),
        notices.c.created_at >= bindparam("since"),
        notices.c.state != fixed("cancelled"),
    )
)
_FOLDED_INTO = Statement(
    selected()
    .where(Among(notices.c.incident, "incidents"), notices.c.folded_into == bindparam("digest"))
    .order_by(notices.c.id)
)
_REASONS = Statement(
    select(notices.c.kind, notices.c.reason)
    .where(Among(notices.c.id, "ids"))
    .order_by(notices.c.id)
)
_SPEAK_UP = Statement(
    update(notices)
    .where(notices.c.id == bindparam("one"))
    .values(reason=bindparam("for_reason"), quiet=False)
)
_CANCEL_PAGES = Statement(
    update(notices)
    .where(
        notices.c.incident == bindparam("number"),
        notices.c.next_at.is_not(None),
        notices.c.state == fixed("pending"),
        notices.c.person == bindparam("who"),
        notices.c.channel == bindparam("on_channel"),
    )
    .values(state="cancelled", next_at=None, owner="", detail=bindparam("why"))
)


def told_since(tx: Tx, incident: int, since: float) -> set[str]:
    """Return the keys of the targets for whom a notice of an incident was made since then."""
    return {row[0] for row in tx.rows(_TOLD_SINCE, number=incident, since=since)}


def folded_into(tx: Tx, digest: int, incidents: Sequence[int]) -> list[Notice]:
    """Return the notices of these incidents that a digest was to tell, oldest first."""
    rows = tx.rows(_FOLDED_INTO, digest=digest, incidents=keys(incidents))
    return [of_row(row) for row in rows]


def reasons(tx: Tx, ids: Sequence[int]) -> list[tuple[Kind, Reason]]:
    """Return kind and reason of notices, oldest first."""
    return [(Kind(kind), Reason(reason)) for kind, reason in tx.rows(_REASONS, ids=keys(ids))]


def speak_up(tx: Tx, notice_id: int, reason: Reason) -> None:
    """Let a notice speak aloud for another reason from now on, also when it is tried again."""
    tx.run(_SPEAK_UP, one=notice_id, for_reason=reason.value)


def cancel_pages(tx: Tx, incident: int, person: str, channel: str, why: str) -> None:
    """Cancel what waits for a person on a channel: who has the incident needs no page for it."""
    tx.run(_CANCEL_PAGES, number=incident, who=person, on_channel=channel, why=why)
