"""Events that vendors post, each handled once however often it is posted."""

from sqlalchemy import bindparam, delete, select, update

from gateway.store.db.bulk import insert
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import callbacks

EVENTS_KEPT = 7 * 86400.0
"""Seconds for which an event is recognised when it comes again. Postmark repeats a post for about
half a day; lower values take a replayed one for a new one."""

BEGUN = "begun"
ABANDONED_AFTER = 45.0
"""Seconds after which an event that was begun and not finished is handled again: the process that
began it has ended. Slack posts again after a minute. Lower handles a slow one twice."""

_EVENT = Statement(
    select(callbacks.c.outcome, callbacks.c.received_at).where(
        callbacks.c.account == bindparam("of_account"), callbacks.c.event == bindparam("one")
    )
)
_ADD = insert(callbacks, ["account", "event", "received_at", "outcome"])
_SET = Statement(
    update(callbacks)
    .where(callbacks.c.account == bindparam("of_account"), callbacks.c.event == bindparam("one"))
    .values(outcome=bindparam("new_outcome"))
)
_BEGIN_AGAIN = Statement(
    update(callbacks)
    .where(callbacks.c.account == bindparam("of_account"), callbacks.c.event == bindparam("one"))
    .values(received_at=bindparam("at"))
)
_FORGET_ONE = Statement(
    delete(callbacks).where(
        callbacks.c.account == bindparam("of_account"), callbacks.c.event == bindparam("one")
    )
)
_FORGET = Statement(delete(callbacks).where(callbacks.c.received_at < bindparam("before")))


def is_new_event(tx: Tx, account: str, event: str, now: float, outcome: str) -> bool:
    """Store a vendor's event; return False if it was stored before."""
    if tx.row(_EVENT, of_account=account, one=event) is not None:
        return False
    tx.run(_FORGET, before=now - EVENTS_KEPT)
    tx.write_rows(_ADD, [(account, event, now, outcome)])
    return True


def begin(tx: Tx, account: str, event: str, now: float) -> bool:
    """Store that an event is being handled; return False if it is or was handled elsewhere.

    For work that takes transactions of its own; call `finish` after it.
    """
    row = tx.row(_EVENT, of_account=account, one=event)
    if row is None:
        return is_new_event(tx, account, event, now, BEGUN)
    outcome, received_at = row
    if outcome != BEGUN or received_at > now - ABANDONED_AFTER:
        return False
    tx.run(_BEGIN_AGAIN, of_account=account, one=event, at=now)
    return True


def forget(tx: Tx, account: str, event: str) -> None:
    """Forget an event that was begun and could not be handled, so that it may be posted again."""
    tx.run(_FORGET_ONE, of_account=account, one=event)


def finish(tx: Tx, account: str, event: str, outcome: str) -> None:
    """Store what became of an event that was begun."""
    tx.run(_SET, of_account=account, one=event, new_outcome=outcome)
