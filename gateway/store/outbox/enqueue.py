"""Storing notices in their queues, and claiming some at once.

A queue is an incident and a target, or a subject and a target. Its notices are sent one at a time
in the order of their ids: only the head, its first unfinished notice, can be claimed. A notice
without either (a digest, a test) is a queue of its own. A claim is a lease: while a notice is
being sent, `next_at` is the end of the lease, after which any replica may claim it again.

`record_attempts` recognises a claim by `Notice.owner` and `Notice.perhaps`: a claim that was taken
over differs in one of them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.core.incidents.incident_json import target_to_json
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NewRow, Notice
from gateway.store.db.bulk import insert
from gateway.store.db.statement import dump
from gateway.store.db.transaction import Tx
from gateway.store.outbox.claims import Lease
from gateway.store.outbox.recipients import RecipientState, recipient_states
from gateway.store.outbox.rows import QueueKey
from gateway.store.outbox.waiting import unfinished_by_queue
from gateway.store.schema.tables import facts as facts_table
from gateway.store.schema.tables import notices
from gateway.store.state import counters

_ADD_FACTS = insert(facts_table, ["id", "body"])
_ADD = insert(
    notices,
    [
        "id",
        "incident",
        "channel",
        "target_key",
        "person",
        "kind",
        "reason",
        "rank",
        "quiet",
        "created_at",
        "state",
        "next_at",
        "attempts",
        "perhaps",
        "owner",
        "facts_id",
        "fell_back",
        "outcome",
        "detail",
        "target",
        "subject",
    ],
)


_UNKNOWN = RecipientState()


class Added(NamedTuple):
    """The ids of new notices, in their order, and those that were claimed at once."""

    ids: list[int]
    claimed: list[Notice]


def add(
    tx: Tx,
    rows: Sequence[NewRow],
    facts: Sequence[bytes],
    now: float,
    lease: Lease | None = None,
    capacity: Mapping[str, int] | None = None,
) -> Added:
    """Store notices and, with a lease, claim those of incidents whose queue was empty.

    Claiming them here saves the first of them a commit. `capacity` is how many may be claimed by
    account key, the lowest ranks first; none for an account that it omits, all if it is None.
    """
    if not rows:
        return Added([], [])
    facts_ids = counters.take(tx, "facts", len(facts))
    tx.write_rows(
        _ADD_FACTS, [(id_, body.decode()) for id_, body in zip(facts_ids, facts, strict=True)]
    )
    ids = list(counters.take(tx, "notice", len(rows)))
    claimed: dict[int, Notice] = {}
    if lease is not None:
        heads = _within(capacity, _new_heads(tx, rows, ids))
        claimed = _claimed(tx, heads, facts, now, lease.owner)
    owner, lease_until = lease or ("", now)
    tx.write_rows(
        _ADD,
        [
            (
                id_,
                row.incident,
                row.target.account_key,
                row.target.key,
                row.target.person,
                row.kind.value,
                row.reason.value,
                row.rank,
                row.quiet,
                now,
                "sending" if id_ in claimed else "pending",
                lease_until if id_ in claimed else max(now, row.not_before or now),
                0,
                0,
                owner if id_ in claimed else "",
                facts_ids[row.facts],
                False,
                "",
                "",
                dump(target_to_json(row.target)),
                None if row.subject is None else str(row.subject),
            )
            for id_, row in zip(ids, rows, strict=True)
        ],
    )
    return Added(ids, list(claimed.values()))


class _Head(NamedTuple):
    """The first new notice of a queue that was empty, and the new ones behind it."""

    id: int
    row: NewRow
    behind: tuple[tuple[int, NoticeKind], ...]


def _new_heads(tx: Tx, rows: Sequence[NewRow], ids: Sequence[int]) -> list[_Head]:
    """Return the heads among new notices, the lowest rank first, then the lowest id."""
    busy = unfinished_by_queue(tx, _incidents_of(rows))
    queues: dict[QueueKey | int, list[tuple[int, NewRow]]] = {}
    for id_, row in zip(ids, rows, strict=True):
        if row.subject is not None or row.not_before is not None:
            continue  # never so urgent that a commit must be saved, or not to be sent yet
        queue: QueueKey | int = id_ if row.incident is None else (row.incident, row.target.key)
        if queue not in busy:
            queues.setdefault(queue, []).append((id_, row))
    heads = [
        _Head(id_, row, tuple((other, NoticeKind(follower.kind)) for other, follower in followers))
        for (id_, row), *followers in queues.values()
    ]
    return sorted(heads, key=lambda head: (head.row.rank, head.id))


def _within(capacity: Mapping[str, int] | None, heads: list[_Head]) -> list[_Head]:
    """Return the first heads of each account, as many as it may claim."""
    if capacity is None:
        return heads
    left = dict(capacity)
    chosen = []
    for head in heads:
        account = head.row.target.account_key
        if left.get(account, 0) > 0:
            left[account] -= 1
            chosen.append(head)
    return chosen


def _claimed(
    tx: Tx, heads: Sequence[_Head], facts: Sequence[bytes], now: float, owner: str
) -> dict[int, Notice]:
    """Return heads as claimed notices, by id."""
    states = recipient_states(tx, _incidents_of([head.row for head in heads]))
    claimed: dict[int, Notice] = {}
    for id_, row, behind in heads:
        state = states.get((row.incident, row.target.key), _UNKNOWN)
        claimed[id_] = Notice(
            id=id_,
            incident=row.incident,
            target=row.target,
            kind=row.kind,
            reason=row.reason,
            rank=row.rank,
            quiet=row.quiet,
            created_at=now,
            attempts=0,
            first_attempt_at=None,
            perhaps=0,
            fell_back=False,
            facts=facts[row.facts],
            receipt=state.receipt,
            knows_firing=state.knows_firing,
            end_notified=state.end_notified,
            behind=behind,
            owner=owner,
        )
    return claimed


def _incidents_of(rows: Sequence[NewRow]) -> list[int]:
    return sorted({row.incident for row in rows if row.incident is not None})
