"""Claims: the right to send a notice until a lease ends.

See `gateway.store.outbox.enqueue` for queues and leases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, exists, literal_column, or_, select, update

from gateway.core.incidents.outbox import Notice
from gateway.core.plan.plan import UNKNOWN_RANK
from gateway.store.db.bulk import update as bulk_update
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import (
    IS_UNFINISHED,
    NoticeRow,
    from_row,
    parse_target,
    select_notices,
)
from gateway.store.outbox.waiting import unfinished_by_queue
from gateway.store.schema.tables import notices

_earlier = notices.alias("earlier")
_IS_BEHIND = and_(
    _earlier.c.target_key == notices.c.target_key,
    _earlier.c.id < notices.c.id,
    _earlier.c.next_at.is_not(None),
)
# Two searches: for an OR of the two SQLite would read all unfinished notices of the target.
IS_HEAD = and_(
    ~exists().where(_earlier.c.incident == notices.c.incident, _IS_BEHIND),
    or_(
        notices.c.subject.is_(None),
        ~exists().where(_earlier.c.subject == notices.c.subject, _IS_BEHIND),
    ),
)
"""It is the first unfinished notice of its queue."""


class Lease(NamedTuple):
    """Who claims notices, and until when: Unix seconds of the clock of the leases."""

    owner: str
    until: float


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which notices not to claim: those on hold, and those in flight.

    `targets` are the keys of targets on hold; `account` is set when the whole account is. Urgent
    are unknown severities and ranks up to `urgent_to`. `in_flight` are the ids of notices that
    this process is sending, even if their lease has ended.
    """

    targets: Sequence[str] = ()
    account: bool = False
    urgent_to: int = 0
    in_flight: Collection[int] = ()

    @property
    def parameters(self) -> Mapping[str, object]:
        """Return the parameters of `_MAY_CLAIM`."""
        return {
            "held": json_list(self.targets),
            "account_held": int(self.account),
            "urgent_to": self.urgent_to,
            "in_flight": json_list(self.in_flight),
        }


NO_FILTER = ClaimFilter()

# Expressions of the rank keep SQLite from answering the alternatives by three searches.
_RANK = notices.c.rank + literal_column("0")
_MAY_CLAIM = and_(
    or_(
        and_(
            bindparam("account_held") == literal_column("0"),
            InList(notices.c.target_key, "held", negated=True),
        ),
        bindparam("urgent_to") >= _RANK,
        literal_column(str(UNKNOWN_RANK)) <= _RANK,
    ),
    InList(notices.c.id, "in_flight", negated=True),
)

# Read along the index by rank up to the limit. In a storm nearly every waiting notice is due:
# sorting them for each claim would cost more than stepping over those that are not. An expression
# of next_at does that, because the index by time cannot answer it.
_HEADS = Statement(
    select_notices()
    .where(
        notices.c.channel == bindparam("of_account"),
        IS_UNFINISHED,
        notices.c.next_at + literal_column("0")
        <= case(
            (notices.c.state == literal("sending"), bindparam("lease_now")), else_=bindparam("now")
        ),
        _MAY_CLAIM,
        IS_HEAD,
    )
    .order_by(notices.c.rank, notices.c.id)
    .limit(bindparam("most"))
)
_CLAIM = bulk_update(
    notices,
    ["id"],
    ["owner", "next_at", "perhaps"],
    {
        "state": "'sending'",
        "owner": "new.owner",
        "next_at": "new.next_at",
        "perhaps": "new.perhaps",
    },
)
_UNFINISHED = Statement(select_notices().where(notices.c.id == bindparam("one"), IS_UNFINISHED))
_RELEASE_ALL = Statement(
    update(notices)
    .where(IS_UNFINISHED, notices.c.owner == bindparam("by"), notices.c.state == literal("sending"))
    .values(state="pending", owner="", next_at=notices.c.created_at)
)
_RELEASE_BY_ID = Statement(
    update(notices)
    .where(
        InList(notices.c.id, "ids"),
        IS_UNFINISHED,
        notices.c.owner == bindparam("by"),
        notices.c.state == literal("sending"),
    )
    .values(state="pending", owner="", next_at=notices.c.created_at)
)
_EXPIRE_ALL = Statement(
    update(notices)
    .where(IS_UNFINISHED, notices.c.state == literal("sending"))
    .values(next_at=bindparam("now"))
)
_NEXT_DUE_AT = Statement(
    select(notices.c.next_at, notices.c.state)
    .where(
        notices.c.channel == bindparam("of_account"),
        IS_UNFINISHED,
        _MAY_CLAIM,
        IS_HEAD,
    )
    .order_by(notices.c.next_at)
    .limit(1)
)


def claim(
    tx: Tx,
    account_key: str,
    now: float,
    limit: int,
    lease: Lease,
    skip: ClaimFilter = NO_FILTER,
    *,
    lease_now: float,
) -> list[Notice]:
    """Claim up to `limit` due heads of queues, by rank, then by age.

    A head whose sender let its lease end is due, too. Nobody knows whether it was sent, so its
    `perhaps` goes up by one. `now` says what is due and `lease_now` which leases have ended: Unix
    seconds of two clocks (E55).
    """
    rows = tx.rows(
        _HEADS, of_account=account_key, now=now, lease_now=lease_now, most=limit, **skip.parameters
    )
    if not rows:
        return []
    heads = [NoticeRow(*row) for row in rows]
    perhaps = {head.id: head.perhaps + (head.state == "sending") for head in heads}
    tx.write_rows(_CLAIM, [(id_, *lease, count) for id_, count in perhaps.items()])
    queues = unfinished_by_queue(
        tx, sorted({head.incident for head in heads if head.incident is not None})
    )
    # A head is the first unfinished notice of its queue: behind it are all the others.
    return [
        from_row(
            head,
            owner=lease.owner,
            perhaps=perhaps[head.id],
            behind=tuple(queues.get((head.incident, parse_target(head.target).key), ())[1:]),
        )
        for head in heads
    ]


def claim_one(tx: Tx, notice_id: int, lease: Lease) -> Notice:
    """Claim a notice that became the head of its queue in this transaction.

    Raises KeyError when it is finished or unknown.
    """
    row = tx.row(_UNFINISHED, one=notice_id)
    if row is None:
        raise KeyError(notice_id)
    tx.write_rows(_CLAIM, [(notice_id, *lease, NoticeRow(*row).perhaps)])
    return from_row(row, owner=lease.owner)


def release(tx: Tx, owner: str, ids: Sequence[int] | None = None) -> int:
    """Release claims that were not begun: all of an owner's, or these.

    They are due at once, for any replica. Return how many there were.
    """
    if ids is None:
        return tx.run(_RELEASE_ALL, by=owner)
    return tx.run(_RELEASE_BY_ID, by=owner, ids=json_list(ids))


def expire_all_claims(tx: Tx) -> int:
    """End all leases, because no owner is running; return how many.

    The notices are claimed again like any other whose lease ended: they may have been sent.
    """
    return tx.run(_EXPIRE_ALL, now=tx.lease_now)


def next_due_at(
    tx: Tx, account_key: str, skip: ClaimFilter = NO_FILTER, lease_ahead: float = 0.0
) -> float | None:
    """Return when the next head is due or the next lease ends; None if none waits.

    `lease_ahead`: seconds that the clock of the leases is ahead of the caller's clock.
    """
    row = tx.row(_NEXT_DUE_AT, of_account=account_key, **skip.parameters)
    if row is None:
        return None
    at: float = row[0]
    return at - lease_ahead if row[1] == "sending" else at
