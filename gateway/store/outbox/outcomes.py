"""What became of notices: sent, tried in vain, folded, cancelled, given up, replayed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update

from gateway.core.incidents.incident_json import target_to_json
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind
from gateway.core.incidents.outbox import Notice, NoticeState, Result
from gateway.core.incidents.retry import REDUCIBLE, Failure
from gateway.store.db.bulk import insert
from gateway.store.db.bulk import update as bulk_update
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import IS_UNFINISHED, from_row, select_notices
from gateway.store.schema.tables import attempts, notices, recipients

_CLAIMS = Statement(
    select(notices.c.id, notices.c.owner, notices.c.perhaps).where(
        InList(notices.c.id, "ids"), notices.c.state == literal("sending"), IS_UNFINISHED
    )
)
_FINISH = bulk_update(
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
_ADD_ATTEMPTS = insert(attempts, ["notice", "at", "seconds", "outcome", "detail", "perhaps"])
_RECIPIENT_COLUMNS = ["incident", "target_key", "target", "heard", "receipt", "updated_at"]
_SAVE_RECIPIENTS = insert(
    recipients,
    _RECIPIENT_COLUMNS,
    key=["incident", "target_key"],
    change={
        "heard": "old.heard OR new.heard",
        "receipt": "coalesce(new.receipt, old.receipt)",
        "updated_at": "new.updated_at",
    },
)
_SAVE_RECIPIENTS_LATE = insert(
    recipients,
    _RECIPIENT_COLUMNS,
    key=["incident", "target_key"],
    change={
        "heard": "old.heard OR new.heard",
        "receipt": "coalesce(old.receipt, new.receipt)",
    },
)
_FOLD = Statement(
    update(notices)
    .where(InList(notices.c.id, "ids"), IS_UNFINISHED)
    .values(state="folded", next_at=None, owner="", folded_into=bindparam("into_id"))
)
_FOLDED = Statement(
    select(notices.c.incident, notices.c.target_key, notices.c.target, notices.c.kind).where(
        InList(notices.c.id, "ids"), notices.c.incident.is_not(None), IS_UNFINISHED
    )
)
CANCELLED_COLUMNS = (
    notices.c.incident,
    notices.c.target_key,
    notices.c.target,
    notices.c.kind,
    notices.c.perhaps,
)
"""What `mark_possibly_notified` takes of a cancelled notice."""
_CANCELLED: Mapping[str, Any] = {
    "state": "cancelled",
    "next_at": None,
    "owner": "",
    "detail": bindparam("why"),
}
_CANCEL = Statement(
    update(notices).where(InList(notices.c.id, "ids"), IS_UNFINISHED).values(_CANCELLED)
)
_CANCEL_KINDS = Statement(
    update(notices)
    .where(
        notices.c.incident == bindparam("number"),
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        InList(notices.c.kind, "kinds"),
    )
    .values(_CANCELLED)
    .returning(*CANCELLED_COLUMNS)
)
_CHANGE_KIND = Statement(
    update(notices)
    .where(notices.c.id == bindparam("one"), IS_UNFINISHED)
    .values(kind=bindparam("as_kind"))
)
_RETRY_NOW = Statement(
    update(notices)
    .where(
        IS_UNFINISHED,
        notices.c.state == literal("pending"),
        notices.c.next_at > bindparam("now"),
        notices.c.outcome != bindparam("rest"),
    )
    .values(next_at=bindparam("now"))
)
_RETRY_QUEUES_NOW = bulk_update(
    notices,
    ["incident", "target_key"],
    ["next_at", "rank"],
    {
        "next_at": "CASE WHEN old.state = 'pending' AND old.next_at > new.next_at"
        " THEN new.next_at ELSE old.next_at END",
        "rank": "CASE WHEN old.next_at IS NOT NULL AND old.rank > new.rank"
        " THEN new.rank ELSE old.rank END",
    },
)
_REFUSED = Statement(
    select(attempts.c.notice).where(
        InList(attempts.c.notice, "ids"), InList(attempts.c.outcome, "outcomes")
    )
)
_MARK_FALLBACK_NOTIFIED = Statement(
    update(notices).where(InList(notices.c.id, "ids")).values(fell_back=True)
)
_DEAD_NOTICES = Statement(
    select_notices()
    .where(notices.c.state == literal("dead"), notices.c.id < bindparam("before_id"))
    .order_by(notices.c.id.desc())
    .limit(bindparam("most"))
)
_later = notices.alias("later")
_REPLAY = Statement(
    update(notices)
    .where(
        InList(notices.c.id, "ids"),
        notices.c.state == literal("dead"),
        ~exists().where(
            _later.c.incident == notices.c.incident,
            _later.c.target_key == notices.c.target_key,
            _later.c.id > notices.c.id,
            _later.c.state == literal("sent"),
        ),
    )
    .values(state="pending", next_at=bindparam("now"), attempts=0, first_attempt_at=None, owner="")
    .returning(notices.c.id)
)
# What a dead beginning had left without its end: told after all, it must not be told alone.
_REVIVE = Statement(
    update(notices)
    .where(
        notices.c.kind == literal("resolved"),
        notices.c.state == literal("cancelled"),
        exists().where(
            InList(_later.c.id, "ids"),
            _later.c.incident == notices.c.incident,
            _later.c.target_key == notices.c.target_key,
            _later.c.id < notices.c.id,
        ),
        InList(notices.c.incident, "incidents"),
    )
    .values(state="pending", next_at=bindparam("now"), owner="", detail="")
)
_INCIDENTS_OF = Statement(
    select(notices.c.incident)
    .where(InList(notices.c.id, "ids"), notices.c.incident.is_not(None))
    .distinct()
)
_COUNT = (
    select(notices.c.channel, notices.c.state, func.count(), func.min(notices.c.created_at))
    .group_by(notices.c.channel, notices.c.state)
    .order_by(notices.c.channel, notices.c.state)
)
# Two queries: for an OR of the two SQLite would read the whole table.
_DEPTH = (
    Statement(_COUNT.where(IS_UNFINISHED)),
    Statement(_COUNT.where(notices.c.state == literal("dead"))),
)


def record_attempts(tx: Tx, results: Sequence[Result]) -> list[int]:
    """Store what came of attempts; return ids of notices that were not the sender's any more.

    The attempt itself is always kept, and so is that the target heard. But a sender whose claim
    was taken over or handed back changes neither the notice's state nor a receipt that is there.
    """
    ids = json_list([result.notice.id for result in results])
    claims = {id_: (owner, perhaps) for id_, owner, perhaps in tx.rows(_CLAIMS, ids=ids)}
    lost: list[int] = []
    finished: list[Row] = []
    tried: list[Row] = []
    hear: list[Row] = []
    hear_late: list[Row] = []
    for result in results:
        notice = result.notice
        ours = claims.get(notice.id) == (notice.owner, notice.perhaps)
        tried.append(
            (notice.id, result.at, result.seconds, result.outcome, result.detail, result.perhaps)
        )
        if ours:
            finished.append(_finished_row(result))
        else:
            lost.append(notice.id)
        if notice.incident is not None and (result.knows_firing or result.receipt is not None):
            receipt = None if result.receipt is None else dump(result.receipt)
            target = notice.target
            known = (notice.incident, target.key, dump(target_to_json(target)))
            (hear if ours else hear_late).append((*known, result.knows_firing, receipt, result.at))
    tx.write_rows(_FINISH, finished)
    tx.write_rows(_ADD_ATTEMPTS, tried)
    tx.write_rows(_SAVE_RECIPIENTS_LATE, hear_late)
    tx.write_rows(_SAVE_RECIPIENTS, hear)
    return lost


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


def fold(tx: Tx, ids: Sequence[int], into: int, *, knows_firing: bool = False) -> int:
    """Let another notice tell what these unfinished ones would have told; return how many.

    With `knows_firing` the targets count as notified of the incidents from now on, so their
    ends are notified too: for a digest, which is about many incidents and belongs to none.
    """
    if knows_firing:
        rows = tx.rows(_FOLDED, ids=json_list(ids))
        speaking = {
            (incident, target_key): target
            for incident, target_key, target, kind in rows
            # That somebody has it may carry a beginning, and says as much.
            if NoticeKind(kind) in FIRING_KINDS or NoticeKind(kind) is NoticeKind.ACKNOWLEDGED
        }
        tx.write_rows(
            _SAVE_RECIPIENTS_LATE,
            [(*lane, target, True, None, 0.0) for lane, target in speaking.items()],
        )
    return tx.run(_FOLD, ids=json_list(ids), into_id=into)


def cancel(tx: Tx, ids: Sequence[int], why: str) -> int:
    """Do not send these unfinished notices, and say why; return how many there were."""
    return tx.run(_CANCEL, ids=json_list(ids), why=why)


def cancel_kinds(tx: Tx, incident: int, kinds: Sequence[NoticeKind], why: str) -> int:
    """Cancel what waits for an incident of these kinds; what is being sent goes on."""
    rows = tx.rows(_CANCEL_KINDS, number=incident, kinds=json_list(kinds), why=why)
    mark_possibly_notified(tx, rows)
    return len(rows)


def mark_possibly_notified(tx: Tx, cancelled: Sequence[Row]) -> None:
    """Count as notified the targets that cancelled notices may have reached (promise 14).

    An attempt without an answer may have arrived. While the notice waits, its next attempt
    settles that; once it is cancelled, only this keeps the resolved notification due. Rows of
    LANE_COLUMNS.
    """
    lanes = {
        (incident, target_key): target
        for incident, target_key, target, kind, perhaps in cancelled
        if perhaps and incident is not None and NoticeKind(kind) in FIRING_KINDS
    }
    tx.write_rows(
        _SAVE_RECIPIENTS_LATE, [(*lane, target, True, None, 0.0) for lane, target in lanes.items()]
    )


def change_kind(tx: Tx, notice_id: int, kind: NoticeKind) -> None:
    """Let an unfinished notice be of another kind from now on, also when it is tried again."""
    tx.run(_CHANGE_KIND, one=notice_id, as_kind=kind.value)


def retry_now(tx: Tx, now: float) -> int:
    """Try what waits to be tried again now, but for what a vendor wants a rest from."""
    return tx.run(_RETRY_NOW, now=now, rest=Failure.RATE_LIMITED.value)


def retry_queues_now(tx: Tx, lanes: Mapping[tuple[int, str], int], now: float) -> None:
    """Try what waits in these lanes now, because something that cannot wait comes behind it.

    `lanes` maps an incident and a target key to the rank of the new notice: the head of the lane
    is claimed by rank, and what is behind it must not wait longer for that. Holds still apply.
    """
    tx.write_rows(_RETRY_QUEUES_NOW, [(*lane, now, rank) for lane, rank in sorted(lanes.items())])


def refused_ids(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Return those of these notices whose content a vendor refused."""
    outcomes = json_list([failure.value for failure in REDUCIBLE])
    return {row[0] for row in tx.rows(_REFUSED, ids=json_list(ids), outcomes=outcomes)}


def mark_fallback_notified(tx: Tx, ids: Sequence[int]) -> None:
    """Remember that the fallback was told of these notices."""
    tx.run(_MARK_FALLBACK_NOTIFIED, ids=json_list(ids))


def dead_notices(tx: Tx, limit: int, before: int | None = None) -> list[Notice]:
    """Return notices that were given up, the newest first; `before` an id, to page."""
    before_id = 2**62 if before is None else before
    return [from_row(row) for row in tx.rows(_DEAD_NOTICES, most=limit, before_id=before_id)]


def replay(tx: Tx, ids: Sequence[int], now: float) -> list[int]:
    """Try dead notices again, as if they were new; return the ids of those that are.

    A notice that was overtaken stays dead: a later one reached the same target, and the older
    must not follow it (promise 4). An end that was cancelled, for its beginning had not been
    heard, is owed again with it (promise 14).
    """
    again = sorted(row[0] for row in tx.rows(_REPLAY, ids=json_list(ids), now=now))
    incidents = [row[0] for row in tx.rows(_INCIDENTS_OF, ids=json_list(again))]
    tx.run(_REVIVE, ids=json_list(again), incidents=json_list(incidents), now=now)
    return again


def depth(tx: Tx) -> list[tuple[str, str, int, float]]:
    """Return channel, state, how many, oldest created_at: of what is unfinished or dead."""
    found = [row for statement in _DEPTH for row in tx.rows(statement)]
    return sorted((row[0], row[1], row[2], row[3]) for row in found)
