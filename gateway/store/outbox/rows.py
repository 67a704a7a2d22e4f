"""Rows of the outbox, and how a notice is made of one."""

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, and_, select

from gateway.core.incidents.incident_json import target_from_json
from gateway.core.incidents.notice import NoticeKind, NotifyReason, parse_subject
from gateway.core.incidents.outbox import Notice
from gateway.core.plan.plan import Target
from gateway.store.db.session import Row
from gateway.store.db.statement import load
from gateway.store.schema.tables import facts, notices, recipients

QueueKey = tuple[int | None, str]
"""The incident and the target key of a queue. Only queues of incidents are asked for by key."""

IS_UNFINISHED = notices.c.next_at.is_not(None)


class NoticeRow(NamedTuple):
    """A row of `select_notices`, as the database gives it."""

    id: int
    incident: int | None
    target: str
    kind: str
    reason: str
    rank: int
    quiet: bool
    created_at: float
    attempts: int
    first_attempt_at: float | None
    perhaps: int
    fell_back: bool
    facts: str
    receipt: str | None
    knows_firing: bool | None
    end_notified: bool | None
    owner: str
    state: str
    subject: str | None


def select_notices() -> Select[Row]:
    """Begin a query for notices with their facts and recipient states."""
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
            recipients.c.end_notified,
            notices.c.owner,
            notices.c.state,
            notices.c.subject,
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


def from_row(
    row: Row,
    *,
    owner: str | None = None,
    perhaps: int | None = None,
    behind: tuple[tuple[int, NoticeKind], ...] = (),
) -> Notice:
    """Make a notice of a row of `select_notices`, with newer values if given."""
    stored = NoticeRow(*row)
    return Notice(
        id=stored.id,
        incident=stored.incident,
        target=parse_target(stored.target),
        kind=NoticeKind(stored.kind),
        reason=NotifyReason(stored.reason),
        rank=stored.rank,
        quiet=bool(stored.quiet),
        created_at=stored.created_at,
        attempts=stored.attempts,
        first_attempt_at=stored.first_attempt_at,
        perhaps=stored.perhaps if perhaps is None else perhaps,
        fell_back=bool(stored.fell_back),
        facts=stored.facts.encode(),
        receipt=None if stored.receipt is None else load(stored.receipt),
        knows_firing=bool(stored.knows_firing),
        end_notified=bool(stored.end_notified),
        behind=behind,
        owner=stored.owner if owner is None else owner,
        subject=None if stored.subject is None else parse_subject(stored.subject),
    )


# Shared by the writer's and the readers' threads: a target must stay immutable. Few targets get
# most of the notices, so a small cache saves nearly all of the parsing.
@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """Read a target from the JSON that is stored with a notice."""
    return target_from_json(load(text))
