"""Delivery history: notices, their attempts and their recipients."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from gateway.core.incidents.notice import Subject, parse_subject
from gateway.core.incidents.outbox import PRINTED, NoticeState
from gateway.core.plan.plan import Target
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import parse_target
from gateway.store.schema.tables import attempts, notices

_COLUMNS = (
    notices.c.id,
    notices.c.incident,
    notices.c.target,
    notices.c.kind,
    notices.c.reason,
    notices.c.rank,
    notices.c.quiet,
    notices.c.created_at,
    notices.c.state,
    notices.c.next_at,
    notices.c.attempts,
    notices.c.perhaps,
    notices.c.fell_back,
    notices.c.folded_into,
    notices.c.outcome,
    notices.c.detail,
    notices.c.sent_at,
    notices.c.subject,
)
_OF_INCIDENT = Statement(
    select(*_COLUMNS).where(notices.c.incident == bindparam("number")).order_by(notices.c.id)
)
_BY_ID = Statement(select(*_COLUMNS).where(notices.c.id == bindparam("one")))
_TO_PERSON = Statement(
    select(*_COLUMNS)
    .where(notices.c.person == bindparam("who"), notices.c.created_at >= bindparam("since"))
    .order_by(notices.c.created_at.desc(), notices.c.id.desc())
    .limit(bindparam("most"))
)
_ATTEMPTS = Statement(
    select(
        attempts.c.notice,
        attempts.c.at,
        attempts.c.seconds,
        attempts.c.outcome,
        attempts.c.detail,
        attempts.c.perhaps,
    )
    .where(InList(attempts.c.notice, "ids"))
    .order_by(attempts.c.id)
)


@dataclass(frozen=True, slots=True)
class NoticeSummary:
    """A notice as lists show it.

    `next_at`: the next attempt, or the end of the sender's lease.
    """

    id: int
    incident: int | None
    target: Target
    kind: str
    reason: str
    rank: int
    quiet: bool
    created_at: float
    state: NoticeState
    next_at: float | None
    attempts: int
    perhaps: int
    fell_back: bool
    folded_into: int | None
    outcome: str
    detail: str
    sent_at: float | None
    subject: Subject | None = None

    @property
    def reached(self) -> bool:
        """Return whether a vendor accepted it.

        A notice that was only printed reached nobody.
        """
        return self.state is NoticeState.SENT and self.outcome != PRINTED


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send a notice. `at` is when it ended."""

    notice: int
    at: float
    seconds: float
    outcome: str
    detail: str
    perhaps: bool


def notices_of(tx: Tx, incident: int) -> list[NoticeSummary]:
    """Return all notices of an incident, oldest first."""
    return [_summary(row) for row in tx.rows(_OF_INCIDENT, number=incident)]


def notice(tx: Tx, notice_id: int) -> NoticeSummary | None:
    """Return one notice."""
    row = tx.row(_BY_ID, one=notice_id)
    return None if row is None else _summary(row)


def notices_to_person(tx: Tx, person: str, since: float, limit: int = 200) -> list[NoticeSummary]:
    """Return the notices to a person since an instant, the newest first."""
    return [_summary(row) for row in tx.rows(_TO_PERSON, who=person, since=since, most=limit)]


def attempts_of(tx: Tx, notice_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    """Return the attempts of each of these notices, oldest first."""
    by_notice: dict[int, list[Attempt]] = {id_: [] for id_ in notice_ids}
    for notice_id, at, seconds, outcome, detail, perhaps in tx.rows(
        _ATTEMPTS, ids=json_list(notice_ids)
    ):
        attempt = Attempt(notice_id, at, seconds, outcome, detail, bool(perhaps))
        by_notice[notice_id].append(attempt)
    return by_notice


def _summary(row: Row) -> NoticeSummary:
    return NoticeSummary(
        id=row[0],
        incident=row[1],
        target=parse_target(row[2]),
        kind=row[3],
        reason=row[4],
        rank=row[5],
        quiet=bool(row[6]),
        created_at=row[7],
        state=NoticeState(row[8]),
        next_at=row[9],
        attempts=row[10],
        perhaps=row[11],
        fell_back=bool(row[12]),
        folded_into=row[13],
        outcome=row[14],
        detail=row[15],
        sent_at=row[16],
        subject=None if row[17] is None else parse_subject(row[17]),
    )
