"""Rows of the outbox as notices."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Select, and_, select

from gateway.core.incidents.incident import target_from_json
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import Notice
from gateway.core.plan.plan import Target
from gateway.store.db.session import Row
from gateway.store.db.statement import Among, Statement, keys, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import facts, notices, recipients

Lane = tuple[int | None, str]

IS_UNFINISHED = notices.c.next_at.is_not(None)


def selected() -> Select[Row]:
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


STATE = 16
"""Where a row of `selected` has the state."""

_BEHIND = Statement(
    select(notices.c.incident, notices.c.target_key, notices.c.id, notices.c.kind)
    .where(Among(notices.c.incident, "incidents"), IS_UNFINISHED)
    .order_by(notices.c.id)
)
_HEARD = Statement(
    select(
        recipients.c.incident, recipients.c.target_key, recipients.c.receipt, recipients.c.heard
    ).where(Among(recipients.c.incident, "incidents"))
)


def of_row(
    row: Row,
    *,
    owner: str | None = None,
    perhaps: int | None = None,
    behind: tuple[tuple[int, NoticeKind], ...] = (),
) -> Notice:
    """Make a notice of a row of `selected`; what is given is newer than the row."""
    return Notice(
        id=row[0],
        incident=row[1],
        target=target_of(row[2]),
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
        heard=bool(row[14]),
        behind=behind,
        owner=row[15] if owner is None else owner,
    )


@lru_cache(maxsize=4096)
def target_of(text: str) -> Target:
    """Read a target. Few targets get most of the notices."""
    return target_from_json(load(text))


def unfinished_of(tx: Tx, incidents: Sequence[int]) -> dict[Lane, list[tuple[int, NoticeKind]]]:
    """Return the unfinished notices of incidents by lane, oldest first."""
    found: dict[Lane, list[tuple[int, NoticeKind]]] = {}
    for incident, target_key, notice, kind in tx.rows(_BEHIND, incidents=keys(incidents)):
        found.setdefault((incident, target_key), []).append((notice, NoticeKind(kind)))
    return found


def heard_of(tx: Tx, incidents: Sequence[int]) -> dict[Lane, tuple[dict[str, str] | None, bool]]:
    """Return the receipt, and whether the beginning was heard, by lane of these incidents."""
    return {
        (incident, target_key): (None if receipt is None else load(receipt), bool(heard))
        for incident, target_key, receipt, heard in tx.rows(_HEARD, incidents=keys(incidents))
    }
