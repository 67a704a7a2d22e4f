"""Attempts to send notices, and what each changed."""

from collections.abc import Sequence

from sqlalchemy import select

from gateway.core.incidents.outbox import NoticeState, Result
from gateway.core.incidents.retry import REDUCIBLE
from gateway.store.db.bulk import insert, update
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.recipients import save_recipients
from gateway.store.outbox.rows import IS_UNFINISHED
from gateway.store.schema.tables import attempts, notices

_CLAIMS = Statement(
    select(notices.c.id, notices.c.owner, notices.c.perhaps).where(
        InList(notices.c.id, "ids"), notices.c.state == literal("sending"), IS_UNFINISHED
    )
)
_FINISH = update(
    notices,
    ["id"],
    ["state", "next_at", "outcome", "detail", "perhaps", "sent_at"],
    {
        "state": "new.state",
        "next_at": "new.next_at",
        "outcome": "new.outcome",
        "detail": "new.detail",
        "perhaps": "old.perhaps + new.perhaps",
        "attempts": "old.attempts + 1",
        "first_attempt_at": "coalesce(old.first_attempt_at, new.sent_at)",
        "sent_at": "CASE WHEN new.state = 'sent' THEN new.sent_at END",
        "owner": "''",
    },
)
_ADD = insert(attempts, ["notice", "at", "seconds", "outcome", "detail", "perhaps"])
_REFUSED = Statement(
    select(attempts.c.notice).where(
        InList(attempts.c.notice, "ids"), InList(attempts.c.outcome, "outcomes")
    )
)


def record_attempts(tx: Tx, results: Sequence[Result]) -> list[int]:
    """Store the results of attempts; return the ids whose claim was lost.

    The attempt is always stored, and so is that the target was notified. But a sender whose claim
    was taken over or handed back changes neither the notice's state nor a stored receipt.
    """
    ids = json_list([result.notice.id for result in results])
    claims = {id_: (owner, perhaps) for id_, owner, perhaps in tx.rows(_CLAIMS, ids=ids)}
    claimed: list[Result] = []
    late: list[Result] = []
    for result in results:
        notice = result.notice
        is_ours = claims.get(notice.id) == (notice.owner, notice.perhaps)
        (claimed if is_ours else late).append(result)
    tx.write_rows(_FINISH, [_finished_row(result) for result in claimed])
    tx.write_rows(_ADD, [_attempt_row(result) for result in results])
    save_recipients(tx, late, late=True)
    save_recipients(tx, claimed)
    return [result.notice.id for result in late]


def refused_ids(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Return those of these notices whose content a vendor refused."""
    outcomes = json_list([failure.value for failure in REDUCIBLE])
    return {row[0] for row in tx.rows(_REFUSED, ids=json_list(ids), outcomes=outcomes)}


def _finished_row(result: Result) -> Row:
    next_at = None
    if result.state is NoticeState.PENDING:
        next_at = result.at if result.next_at is None else result.next_at
    return (
        result.notice.id,
        result.state.value,
        next_at,
        result.outcome,
        result.detail,
        int(result.perhaps),
        result.at,
    )


def _attempt_row(result: Result) -> Row:
    return (
        result.notice.id,
        result.at,
        result.seconds,
        result.outcome,
        result.detail,
        result.perhaps,
    )
