"""The outbox: notices that are owed, in lanes.

A lane is an incident and a target. Its notices leave in order of their ids, one at a time: only
the first unfinished one, the head, can be claimed. A notice without an incident (a digest, a
test) is a lane of its own. A claim is a lease: while a notice is being sent, `next_at` is the
end of the lease, after which anybody may claim it anew.

`record_attempts` knows whose claim it was by `Notice.owner` and `Notice.perhaps`: a claim that
was taken over differs in one of them.
"""

from collections.abc import Mapping, Sequence

from gateway.core.incidents.incident_json import target_to_json
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.outbox import NewRow, Notice
from gateway.store.db.bulk import insert
from gateway.store.db.statement import dump
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import QueueKey, recipient_states, unfinished_by_queue
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
    ],
)


def add(
    tx: Tx,
    rows: Sequence[NewRow],
    facts: Sequence[bytes],
    now: float,
    claim_for: tuple[str, float] | None = None,
    capacity: Mapping[str, int] | None = None,
) -> tuple[list[int], list[Notice]]:
    """Store notices; return their ids in the same order, and those that were claimed at once.

    `claim_for` is an owner and the end of its lease: notices whose lane was empty are claimed
    for it as they are stored, which saves the first of them a commit. `capacity` says how many may
    be claimed by channel (a channel not named: none), the lowest ranks first; without it, all.
    """
    if not rows:
        return [], []
    facts_ids = counters.take(tx, "facts", len(facts))
    tx.write_rows(
        _ADD_FACTS, [(id_, body.decode()) for id_, body in zip(facts_ids, facts, strict=True)]
    )
    ids = list(counters.take(tx, "notice", len(rows)))
    claimed: dict[int, Notice] = {}
    if claim_for is not None:
        claimed = _claim_heads(tx, rows, facts, ids, now, claim_for[0], capacity)
    owner, lease_until = claim_for or ("", now)
    tx.write_rows(
        _ADD,
        [
            (
                id_,
                row.incident,
                row.target.channel,
                row.target.key,
                row.target.person,
                row.kind.value,
                row.reason.value,
                row.rank,
                row.quiet,
                now,
                "sending" if id_ in claimed else "pending",
                lease_until if id_ in claimed else now,
                0,
                0,
                owner if id_ in claimed else "",
                facts_ids[row.facts],
                False,
                "",
                "",
                dump(target_to_json(row.target)),
            )
            for id_, row in zip(ids, rows, strict=True)
        ],
    )
    return ids, list(claimed.values())


def _claim_heads(
    tx: Tx,
    rows: Sequence[NewRow],
    facts: Sequence[bytes],
    ids: Sequence[int],
    now: float,
    owner: str,
    capacity: Mapping[str, int] | None,
) -> dict[int, Notice]:
    """The notices that are claimed as they are stored, by id, in order of rank and id."""
    incidents = sorted({row.incident for row in rows if row.incident is not None})
    busy = unfinished_by_queue(tx, incidents)
    knows_firing = recipient_states(tx, incidents)
    lanes: dict[QueueKey | int, list[tuple[int, NewRow]]] = {}
    for id_, row in zip(ids, rows, strict=True):
        lane: QueueKey | int = id_ if row.incident is None else (row.incident, row.target.key)
        if lane not in busy:
            lanes.setdefault(lane, []).append((id_, row))
    left = None if capacity is None else dict(capacity)
    claimed: dict[int, Notice] = {}
    heads = sorted(lanes.items(), key=lambda item: (item[1][0][1].rank, item[1][0][0]))
    for lane, ((id_, row), *followers) in heads:
        if left is not None:
            if left.get(row.target.channel, 0) <= 0:
                continue
            left[row.target.channel] -= 1
        receipt, knows = (
            knows_firing.get(lane, (None, False)) if isinstance(lane, tuple) else (None, False)
        )
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
            receipt=receipt,
            knows_firing=knows,
            behind=tuple((other, NoticeKind(follower.kind)) for other, follower in followers),
            owner=owner,
        )
    return claimed
