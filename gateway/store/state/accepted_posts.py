"""Posts of sources that were accepted, by the id that the sender gives each of them.

They share the table of the events that vendors post back to accounts. The name of an account has no
colon, so no account is called "source:NAME".
"""

from sqlalchemy import bindparam, delete, select

from gateway.store.db.bulk import insert
from gateway.store.db.statement import Statement
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import callbacks

KEPT = 7 * 86400.0
"""Seconds for which a post is recognised when it comes again. PagerDuty and Stripe repeat one for
three days at most. Lower values take a replayed one for a new one."""

_GET = Statement(
    select(callbacks.c.received_at).where(
        callbacks.c.account == bindparam("of_account"), callbacks.c.event == bindparam("one")
    )
)
_ADD = insert(
    callbacks,
    ["account", "event", "received_at", "outcome"],
    key=["account", "event"],
    change={"received_at": "old.received_at"},
)
_FORGET = Statement(delete(callbacks).where(callbacks.c.received_at < bindparam("before")))


def is_known(tx: Tx, source: str, post: str) -> bool:
    """Return whether a post with this id was accepted from the source."""
    return tx.row(_GET, of_account=f"source:{source}", one=post) is not None


def add(tx: Tx, source: str, post: str, now: float) -> None:
    """Store that a post was accepted, and forget those of long ago."""
    tx.run(_FORGET, before=now - KEPT)
    tx.write_rows(_ADD, [(f"source:{source}", post, now, "")])
