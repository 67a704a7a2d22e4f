"""Recipients: what they were notified of, and their receipts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, not_, select

from gateway.core.incidents.incident import State
from gateway.core.incidents.incident_json import target_to_json
from gateway.core.incidents.message import THREAD, Receipt
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind
from gateway.core.incidents.outbox import Result
from gateway.core.plan.plan import Target
from gateway.store.db.bulk import insert
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, literal, load
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import QueueKey
from gateway.store.schema.tables import incidents, notices, recipients

_COLUMNS = [
    "incident",
    "target_key",
    "target",
    "heard",
    "receipt",
    "updated_at",
    "thread",
    "end_notified",
]
_FIRING = "old.heard OR new.heard"
_END = "old.end_notified AND NOT new.heard"
_SAVE = insert(
    recipients,
    _COLUMNS,
    key=["incident", "target_key"],
    change={
        "heard": _FIRING,
        "receipt": "coalesce(new.receipt, old.receipt)",
        "thread": "coalesce(new.thread, old.thread)",
        "updated_at": "new.updated_at",
        "end_notified": f"new.end_notified OR ({_END})",
    },
)
_SAVE_LATE = insert(
    recipients,
    _COLUMNS,
    key=["incident", "target_key"],
    change={
        "heard": _FIRING,
        "receipt": "coalesce(old.receipt, new.receipt)",
        "thread": "coalesce(old.thread, new.thread)",
        "end_notified": _END,
    },
)
_SAVE_END = insert(
    recipients,
    _COLUMNS,
    key=["incident", "target_key"],
    change={"end_notified": "new.end_notified"},
)
_STATES = Statement(
    select(
        recipients.c.incident,
        recipients.c.target_key,
        recipients.c.receipt,
        recipients.c.heard,
        recipients.c.end_notified,
    ).where(InList(recipients.c.incident, "incidents"))
)
_BY_THREAD = Statement(
    select(recipients.c.incident, recipients.c.target_key)
    .where(recipients.c.thread == bindparam("name"))
    .order_by(recipients.c.incident.desc())
)
_NOTICED_SINCE = Statement(
    select(notices.c.target_key).where(
        notices.c.incident == bindparam("number"),
        notices.c.created_at >= bindparam("since"),
        notices.c.state != literal("cancelled"),
    )
)
_resolved, _newer = incidents.alias("resolved"), incidents.alias("newer")
_REFIRED_QUEUES = Statement(
    select(_resolved.c.number, recipients.c.target_key, _newer.c.number)
    .join(_newer, _newer.c.group_hash == _resolved.c.group_hash)
    .join(recipients, recipients.c.incident == _newer.c.number)
    .where(
        InList(_resolved.c.number, "incidents"),
        _newer.c.state != literal(State.RESOLVED.value),
        _newer.c.number > _resolved.c.number,
        recipients.c.heard,
        not_(recipients.c.end_notified),
    )
)
CANCELLED_COLUMNS = (
    notices.c.incident,
    notices.c.target_key,
    notices.c.target,
    notices.c.kind,
    notices.c.perhaps,
)
"""The columns of a cancelled notice that `mark_possibly_notified` reads."""


class RecipientState(NamedTuple):
    """The receipt of a target's message, whether it knows of the firing, and of the end."""

    receipt: Receipt | None = None
    knows_firing: bool = False
    end_notified: bool = False


def recipient_states(tx: Tx, incidents: Sequence[int]) -> dict[QueueKey, RecipientState]:
    """Return the state of each target of these incidents, by queue."""
    return {
        (incident, target_key): RecipientState(
            None if receipt is None else load(receipt), bool(knows_firing), bool(end_notified)
        )
        for incident, target_key, receipt, knows_firing, end_notified in tx.rows(
            _STATES, incidents=json_list(incidents)
        )
    }


def save_recipients(tx: Tx, results: Sequence[Result], *, late: bool = False) -> None:
    """Store receipts, and which targets were notified of a firing incident or of its end.

    `late`: the sender had lost its claim, so a receipt that is stored already is newer and stays.
    """
    rows = [
        (
            result.notice.incident,
            result.notice.target.key,
            dump(target_to_json(result.notice.target)),
            result.knows_firing,
            None if result.receipt is None else dump(result.receipt),
            result.at,
            (result.receipt or {}).get(THREAD),
            result.end_notified,
        )
        for result in results
        if result.notice.incident is not None
        and (result.knows_firing or result.end_notified or result.receipt is not None)
    ]
    tx.write_rows(_SAVE_LATE if late else _SAVE, rows)


def incident_of_thread(tx: Tx, account_key: str, thread: str) -> int | None:
    """Return the incident whose message of an account begins a thread; None for no message."""
    for incident, target_key in tx.rows(_BY_THREAD, name=thread):
        if target_key.startswith(f"{account_key}:"):
            return int(incident)
    return None


def mark_notified(tx: Tx, targets: Mapping[QueueKey, str]) -> None:
    """Count targets as notified of the firing: stored targets by queue."""
    rows = [(*queue, target, True, None, 0.0, None, False) for queue, target in targets.items()]
    tx.write_rows(_SAVE_LATE, rows)


def mark_end_notified(tx: Tx, targets: Mapping[QueueKey, str]) -> None:
    """Count targets as notified of the end: stored targets by queue."""
    rows = [(*queue, target, False, None, 0.0, None, True) for queue, target in targets.items()]
    tx.write_rows(_SAVE_END, rows)


def mark_known(tx: Tx, incident: int, target: Target, *, ended: bool) -> None:
    """Count a target as notified of the end, or of the firing, because it knows by itself."""
    mark = mark_end_notified if ended else mark_notified
    mark(tx, {(incident, target.key): dump(target_to_json(target))})


def mark_possibly_notified(tx: Tx, cancelled: Sequence[Row]) -> None:
    """Count as notified the targets that cancelled notices may have reached.

    An attempt without an answer may have arrived. While the notice waits, its next attempt
    settles that; once it is cancelled, only this keeps the resolved notification due. Rows of
    CANCELLED_COLUMNS.
    """
    targets = {
        (incident, target_key): target
        for incident, target_key, target, kind, perhaps in cancelled
        if perhaps and incident is not None and NoticeKind(kind) in FIRING_KINDS
    }
    mark_notified(tx, targets)


def notified_since(tx: Tx, incident: int, since: float) -> set[str]:
    """Return the keys of targets with a notice of an incident since then."""
    return {row[0] for row in tx.rows(_NOTICED_SINCE, number=incident, since=since)}


def refired_queues(tx: Tx, incidents: Sequence[int]) -> dict[QueueKey, int]:
    """Return queues whose target knows that the group fires again.

    Each maps to the number of the incident that is firing now.
    """
    rows = tx.rows(_REFIRED_QUEUES, incidents=json_list(incidents))
    return {(number, target_key): newer for number, target_key, newer in rows}
