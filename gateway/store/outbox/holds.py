"""Holds on targets and accounts.

They are stored, so they survive restarts and bind replicas.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select, update

from gateway.core.incidents.hold import Hold
from gateway.core.incidents.retry import Failure
from gateway.store.db.bulk import insert
from gateway.store.db.bulk import update as bulk_update
from gateway.store.db.statement import Statement, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import IS_UNFINISHED
from gateway.store.schema.tables import holds, notices

_ACTIVE = Statement(
    select(holds.c.scope, holds.c.held_until, holds.c.tried_at).where(
        holds.c.channel == bindparam("of_account"), holds.c.held_until > bindparam("now")
    )
)
_ALL_ACTIVE = Statement(
    select(holds.c.channel, holds.c.scope, holds.c.held_until, holds.c.tried_at).where(
        holds.c.held_until > bindparam("now")
    )
)
_CLEAR = Statement(delete(holds).where(holds.c.channel == bindparam("of_account")))
_ADD = insert(holds, ["channel", "scope", "held_until", "tried_at"])
_DEFER = bulk_update(
    notices,
    ["id"],
    ["next_at", "outcome", "detail"],
    {
        "state": "'pending'",
        "owner": "''",
        "next_at": "new.next_at",
        "outcome": "new.outcome",
        "detail": "new.detail",
    },
)
_RESUME = Statement(
    update(notices)
    .where(
        notices.c.channel == bindparam("of_account"),
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        notices.c.next_at > bindparam("now"),
        notices.c.outcome == bindparam("held"),
    )
    .values(next_at=bindparam("now"))
)


def active(tx: Tx, account_key: str, now: float) -> tuple[Hold, ...]:
    """Return the holds of an account that have not ended."""
    rows = tx.rows(_ACTIVE, of_account=account_key, now=now)
    return tuple(Hold(scope, until, tried_at) for scope, until, tried_at in rows)


def active_by_account(tx: Tx, now: float) -> dict[str, tuple[Hold, ...]]:
    """Return the holds that have not ended, by account key."""
    by_account: dict[str, tuple[Hold, ...]] = {}
    for account_key, scope, until, tried_at in tx.rows(_ALL_ACTIVE, now=now):
        held = by_account.get(account_key, ())
        by_account[account_key] = (*held, Hold(scope, until, tried_at))
    return by_account


def save(tx: Tx, account_key: str, holds: Iterable[Hold]) -> None:
    """Replace the holds of an account."""
    tx.run(_CLEAR, of_account=account_key)
    tx.write_rows(_ADD, [(account_key, hold.scope, hold.until, hold.tried_at) for hold in holds])


def defer(tx: Tx, rows: Iterable[tuple[int, float, str]]) -> None:
    """Release claims on held targets: rows of id, next attempt and detail."""
    outcome = Failure.RATE_LIMITED.value
    tx.write_rows(_DEFER, [(id_, next_at, outcome, detail) for id_, next_at, detail in rows])


def resume(tx: Tx, account_key: str, now: float) -> int:
    """Make notices that wait for holds of an account due, because a hold ended early."""
    return tx.run(_RESUME, of_account=account_key, now=now, held=Failure.RATE_LIMITED.value)
