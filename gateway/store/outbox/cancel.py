"""Cancelled notices: those that are no longer to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, or_, update

from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import account_key
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.recipients import CANCELLED_COLUMNS, mark_possibly_notified
from gateway.store.outbox.rows import IS_UNFINISHED
from gateway.store.schema.tables import notices

_CANCELLED: Mapping[str, Any] = {
    "state": "cancelled",
    "next_at": None,
    "owner": "",
    "detail": bindparam("why"),
}
_CANCEL = Statement(
    update(notices).where(InList(notices.c.id, "ids"), IS_UNFINISHED).values(_CANCELLED)
)
_CANCEL_KINDS = Statement(
    update(notices)
    .where(
        notices.c.incident == bindparam("number"),
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        InList(notices.c.kind, "kinds"),
    )
    .values(_CANCELLED)
    .returning(*CANCELLED_COLUMNS)
)
_CANCEL_PAGES = Statement(
    update(notices)
    .where(
        notices.c.incident == bindparam("number"),
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        # coalesce() keeps SQLite from reading all notices of the person by `notices_person`.
        func.coalesce(notices.c.person, literal("")) == bindparam("who"),
        or_(
            notices.c.channel == bindparam("on_channel"), notices.c.channel.like(bindparam("named"))
        ),
    )
    .values(_CANCELLED)
    .returning(*CANCELLED_COLUMNS)
)


_CANCEL_QUEUE = Statement(
    update(notices)
    .where(
        notices.c.incident == bindparam("number"),
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        notices.c.target_key == bindparam("key"),
    )
    .values(_CANCELLED)
    .returning(*CANCELLED_COLUMNS)
)


def cancel(tx: Tx, ids: Sequence[int], why: str) -> int:
    """Cancel unfinished notices and store why; return how many there were."""
    return tx.run(_CANCEL, ids=json_list(ids), why=why)


def cancel_kinds(tx: Tx, incident: int, kinds: Sequence[NoticeKind], why: str) -> int:
    """Cancel an incident's waiting notices of these kinds; return how many.

    A notice that is being sent stays.
    """
    rows = tx.rows(_CANCEL_KINDS, number=incident, kinds=json_list(kinds), why=why)
    mark_possibly_notified(tx, rows)
    return len(rows)


def cancel_queue(tx: Tx, incident: int, target_key: str, why: str) -> None:
    """Cancel an incident's waiting notices to one target; one that is being sent stays."""
    rows = tx.rows(_CANCEL_QUEUE, number=incident, key=target_key, why=why)
    mark_possibly_notified(tx, rows)


def cancel_pages(tx: Tx, incident: int, person: str, channel: str, why: str) -> None:
    """Cancel the waiting notices to a person who acknowledged, on all accounts of a channel."""
    named = account_key(channel, "%")
    rows = tx.rows(
        _CANCEL_PAGES, number=incident, who=person, on_channel=channel, named=named, why=why
    )
    mark_possibly_notified(tx, rows)
