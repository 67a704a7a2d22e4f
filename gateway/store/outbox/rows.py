"""Rows of the outbox as notices."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Select, and_, select

from gateway.core.incidents.incident_json import target_from_json
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import Notice
from gateway.core.plan.plan import Target
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import facts, notices, recipients

QueueKey = tuple[int | None, str]

IS_UNFINISHED = notices.c.next_at.is_not(None)


def select_notices() -> Select[Row]:
    """Begin a query for notices, each with its facts and what its target has heard so far."""
    return (
        select(
            notices.c.id,
            notices.c.incident,
            notices.c.target,
            notices.c.kind,
            notices.c.reason,
            notices.c.rank,
            notices.c.quiet,
            notices.c.created_at,
            notices.c.attempts,
            notices.c.first_attempt_at,
            notices.c.perhaps,
            notices.c.fell_back,
            facts.c.body,
            recipients.c.receipt,
            recipients.c.heard,
            notices.c.owner,
            notices.c.state,
        )
        .join(facts, facts.c.id == notices.c.facts_id)
        .outerjoin(
            recipients,
            and_(
                recipients.c.incident == notices.c.incident,
                recipients.c.target_key == notices.c.target_key,
            ),
        )
    )


STATE_POSITION = 16
"""Where a row of `select_notices` has the state."""

_UNFINISHED = Statement(
    select(notices.c.incident, notices.c.target_key, notices.c.id, notices.c.kind)
    .where(InList(notices.c.incident, "incidents"), IS_UNFINISHED)
    .order_by(notices.c.id)
)
_RECIPIENT_STATES = Statement(
    select(
        recipients.c.incident, recipients.c.target_key, recipients.c.receipt, recipients.c.heard
    ).where(InList(recipients.c.incident, "incidents"))
)


def from_row(
    row: Row,
    *,
    owner: str | None = None,
    perhaps: int | None = None,
    behind: tuple[tuple[int, NoticeKind], ...] = (),
) -> Notice:
    """Make a notice of a row of `select_notices`; what is given is newer than the row."""
    return Notice(
        id=row[0],
        incident=row[1],
        target=parse_target(row[2]),
        kind=NoticeKind(row[3]),
        reason=NotifyReason(row[4]),
        rank=row[5],
        quiet=bool(row[6]),
        created_at=row[7],
        attempts=row[8],
        first_attempt_at=row[9],
        perhaps=row[10] if perhaps is None else perhaps,
        fell_back=bool(row[11]),
        facts=row[12].encode(),
        receipt=None if row[13] is None else load(row[13]),
        knows_firing=bool(row[14]),
        behind=behind,
        owner=row[15] if owner is None else owner,
    )


@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """Read a target. Few targets get most of the notices."""
    return target_from_json(load(text))


def unfinished_by_queue(
    tx: Tx, incidents: Sequence[int]
) -> dict[QueueKey, list[tuple[int, NoticeKind]]]:
    """Return the unfinished notices of incidents by lane, oldest first."""
    found: dict[QueueKey, list[tuple[int, NoticeKind]]] = {}
    for incident, target_key, notice, kind in tx.rows(_UNFINISHED, incidents=json_list(incidents)):
        found.setdefault((incident, target_key), []).append((notice, NoticeKind(kind)))
    return found


def recipient_states(
    tx: Tx, incidents: Sequence[int]
) -> dict[QueueKey, tuple[dict[str, str] | None, bool]]:
    """Return the receipt, and whether the beginning was heard, by lane of these incidents."""
    return {
        (incident, target_key): (None if receipt is None else load(receipt), bool(knows_firing))
        for incident, target_key, receipt, knows_firing in tx.rows(
            _RECIPIENT_STATES, incidents=json_list(incidents)
        )
    }
