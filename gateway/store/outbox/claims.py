"""Claiming: who may send what now. See `gateway.store.outbox.enqueue` for lanes and leases."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, case, exists, literal_column, or_, select, update

from gateway.core.incidents.outbox import Notice
from gateway.core.plan.plan import UNKNOWN_RANK
from gateway.store.db.bulk import update as bulk_update
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import (
    IS_UNFINISHED,
    STATE_POSITION,
    from_row,
    parse_target,
    select_notices,
    unfinished_by_queue,
)
from gateway.store.schema.tables import notices

_earlier = notices.alias("earlier")
_IS_HEAD = ~exists().where(
    _earlier.c.incident == notices.c.incident,
    _earlier.c.target_key == notices.c.target_key,
    _earlier.c.id < notices.c.id,
    _earlier.c.next_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """Which notices to leave alone because of holds; urgent ones are never left alone.

    `urgent_to` is the highest rank number that is urgent besides unknown severities.
    """

    targets: Sequence[str] = ()  # target keys
    account: bool = False  # all targets
    urgent_to: int = 0

    @property
    def parameters(self) -> Mapping[str, object]:
        """Return the parameters of `_NOT_HELD`."""
        return {
            "skipped": json_list(self.targets),
            "account_held": int(self.account),
            "urgent_to": self.urgent_to,
        }


NO_HOLDS = HoldFilter()

# Expressions of rank, so that SQLite does not answer the alternatives by three searches.
_RANK = notices.c.rank + literal_column("0")
_NOT_HELD = or_(
    and_(
        bindparam("account_held") == literal_column("0"),
        InList(notices.c.target_key, "skipped", negated=True),
    ),
    bindparam("urgent_to") >= _RANK,
    literal_column(str(UNKNOWN_RANK)) <= _RANK,
)

# The way is along the index by rank, and ends at the limit: in a storm nearly all that waits is
# due, and sorting it for each claim would cost more than stepping over what is not. Hence an
# expression of next_at, which the index by time cannot answer.
_HEADS = Statement(
    select_notices()
    .where(
        notices.c.channel == bindparam("on_channel"),
        IS_UNFINISHED,
        notices.c.next_at + literal_column("0")
        <= case(
            (notices.c.state == literal("sending"), bindparam("lease_now")), else_=bindparam("now")
        ),
        _NOT_HELD,
        InList(notices.c.id, "in_flight", negated=True),
        _IS_HEAD,
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
_UNFINISHED_BY_ID = Statement(
    select_notices().where(InList(notices.c.id, "ids"), IS_UNFINISHED).order_by(notices.c.id)
)
_RENEW = Statement(
    update(notices)
    .where(
        InList(notices.c.id, "ids"),
        notices.c.owner == bindparam("by"),
        notices.c.state == literal("sending"),
        IS_UNFINISHED,
    )
    .values(next_at=bindparam("until"))
)
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
        notices.c.channel == bindparam("on_channel"),
        IS_UNFINISHED,
        _NOT_HELD,
        InList(notices.c.id, "in_flight", negated=True),
        _IS_HEAD,
    )
    .order_by(notices.c.next_at)
    .limit(1)
)


def claim(
    tx: Tx,
    channel: str,
    now: float,
    limit: int,
    owner: str,
    lease_until: float,
    skip: HoldFilter = NO_HOLDS,
    *,
    lease_now: float,
    in_flight: Collection[int] = (),
) -> list[Notice]:
    """Claim up to `limit` heads of lanes of a channel that are due, lowest rank first, then oldest.

    Heads whose sender let its lease run out are due too: what became of them is not known, so
    their `perhaps` goes up. `skip` says which notices to leave alone for now.
    `now` judges what is due, `lease_now` the leases: both Unix seconds, of two clocks (E55).
    `in_flight` are ids of notices that this process is sending, whatever their lease says.
    """
    rows = tx.rows(
        _HEADS,
        on_channel=channel,
        now=now,
        lease_now=lease_now,
        in_flight=json_list(in_flight),
        most=limit,
        **skip.parameters,
    )
    if not rows:
        return []
    perhaps = {row[0]: row[10] + (row[STATE_POSITION] == "sending") for row in rows}
    tx.write_rows(_CLAIM, [(id_, owner, lease_until, count) for id_, count in perhaps.items()])
    lanes = unfinished_by_queue(tx, sorted({row[1] for row in rows if row[1] is not None}))
    # A head is the first unfinished notice of its lane: behind it are all the others.
    return [
        from_row(
            row,
            owner=owner,
            perhaps=perhaps[row[0]],
            behind=tuple(lanes.get((row[1], parse_target(row[2]).key), ())[1:]),
        )
        for row in rows
    ]


def claim_one(tx: Tx, notice_id: int, owner: str, lease_until: float) -> Notice:
    """Claim one unfinished notice that became the head of its lane in this transaction.

    Raises KeyError when it is finished or unknown.
    """
    row = tx.row(_UNFINISHED, one=notice_id)
    if row is None:
        raise KeyError(notice_id)
    tx.write_rows(_CLAIM, [(notice_id, owner, lease_until, row[10])])
    return from_row(row, owner=owner)


def unfinished_by_id(tx: Tx, ids: Sequence[int]) -> list[Notice]:
    """Return those of these notices that are unfinished, oldest first, without claiming them."""
    return [from_row(row) for row in tx.rows(_UNFINISHED_BY_ID, ids=json_list(ids))]


def renew(tx: Tx, ids: Sequence[int], owner: str, lease_until: float) -> int:
    """Let an owner's leases end later; return how many of them it still held."""
    return tx.run(_RENEW, ids=json_list(ids), by=owner, until=lease_until)


def release(tx: Tx, owner: str, ids: Sequence[int] | None = None) -> int:
    """Hand back what an owner claimed and did not begin: all of it, or these ids.

    It is due at once, for anybody, and was certainly not sent. Returns how many there were.
    """
    if ids is None:
        return tx.run(_RELEASE_ALL, by=owner)
    return tx.run(_RELEASE_BY_ID, by=owner, ids=json_list(ids))


def expire_all_claims(tx: Tx) -> int:
    """End all claims, because their owners are known to be gone; return how many there were.

    They are taken over as those whose lease ran out: what became of them is not known.
    """
    return tx.run(_EXPIRE_ALL, now=tx.lease_now)


def next_due_at(
    tx: Tx,
    channel: str,
    skip: HoldFilter = NO_HOLDS,
    in_flight: Collection[int] = (),
    lease_ahead: float = 0.0,
) -> float | None:
    """Return when the next head of a lane is due, or the next lease ends; None: nothing waits.

    `skip` and `in_flight` are left out as in `claim`. `lease_ahead`: seconds that the
    clock of the leases is ahead of the one that the answer is meant for.
    """
    row = tx.row(
        _NEXT_DUE_AT, on_channel=channel, in_flight=json_list(in_flight), **skip.parameters
    )
    if row is None:
        return None
    at: float = row[0]
    return at - lease_ahead if row[1] == "sending" else at
