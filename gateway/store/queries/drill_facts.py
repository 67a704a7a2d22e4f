"""What is stored about the incident of a drill's alert."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select

from gateway.core.decide.result import ActionOutcome
from gateway.core.drills.run import DrillFacts, MessageFacts
from gateway.core.incidents.notice import FIRING_KINDS
from gateway.core.incidents.outbox import PRINTED, NoticeState
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.target_name import target_name
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.outbox.rows import parse_target
from gateway.store.schema.tables import acks, alerts, incidents, members, notices, timeline

NO_TOKEN = "it was only shown: the account has no token"  # noqa: S105  # a sentence

INCIDENT = Statement(
    select(members.c.incident)
    .join(alerts, alerts.c.id == members.c.alert)
    .join(incidents, incidents.c.number == members.c.incident)
    .where(alerts.c.identity == bindparam("name"), incidents.c.opened_at >= bindparam("since"))
    .order_by(members.c.incident)
    .limit(1)
)
NOTICES = Statement(
    select(
        notices.c.id,
        notices.c.target,
        notices.c.state,
        notices.c.outcome,
        notices.c.detail,
        notices.c.created_at,
        notices.c.sent_at,
        notices.c.folded_into,
    )
    .where(notices.c.incident == bindparam("number"), InList(notices.c.kind, "kinds"))
    .order_by(notices.c.id)
)
BY_ID = Statement(select(notices.c.id, notices.c.sent_at).where(InList(notices.c.id, "ids")))
RECEIPTS = Statement(
    select(timeline.c.at, timeline.c.data)
    .where(timeline.c.incident == bindparam("number"), timeline.c.kind == bindparam("of_kind"))
    .order_by(timeline.c.id)
)
ACKNOWLEDGED = Statement(
    select(acks.c.at, acks.c.person)
    .where(acks.c.incident == bindparam("number"), acks.c.action == bindparam("outcome"))
    .order_by(acks.c.id)
    .limit(1)
)

_KINDS = json_list([kind.value for kind in FIRING_KINDS])


def facts_of(tx: Tx, identity: str, began_at: float, with_receipts: Collection[str]) -> DrillFacts:
    """Return the facts of the incident that an alert opened at or after `began_at`.

    `with_receipts` are the accounts whose vendor posts receipts.
    """
    row = tx.row(INCIDENT, name=identity, since=began_at)
    if row is None:
        return DrillFacts()
    number: int = row[0]
    rows = tx.rows(NOTICES, number=number, kinds=_KINDS)
    folded_into = {one[-1] for one in rows if one[-1] is not None}
    sent: dict[int, float | None] = {}
    if folded_into:
        sent = dict(tx.rows(BY_ID, ids=json_list(sorted(folded_into))))
    received = _received(tx, number)
    first: dict[str, MessageFacts] = {}
    for one in rows:
        target = parse_target(one[1])
        if target.key not in first:
            first[target.key] = _message(one, sent, received, with_receipts)
    acknowledged = tx.row(ACKNOWLEDGED, number=number, outcome=ActionOutcome.DONE.value)
    at, by = (None, "") if acknowledged is None else acknowledged
    return DrillFacts(number, tuple(first.values()), at, by)


def _message(
    row: Row,
    sent: dict[int, float | None],
    received: dict[int, float],
    with_receipts: Collection[str],
) -> MessageFacts:
    id_, stored, state, outcome, detail, created_at, sent_at, folded_into = row
    target = parse_target(stored)
    accepted_at, problem = sent_at, ""
    if state == NoticeState.FOLDED.value:
        accepted_at = sent.get(folded_into)
    elif outcome == PRINTED:
        accepted_at, problem = None, NO_TOKEN
    elif state != NoticeState.SENT.value:
        accepted_at, problem = None, detail or outcome
    return MessageFacts(
        name=target_name(target),
        account=target.account_key,
        created_at=created_at,
        accepted_at=accepted_at,
        received_at=received.get(id_),
        expects_receipt=target.account_key in with_receipts,
        problem=problem,
    )


def _received(tx: Tx, number: int) -> dict[int, float]:
    """Return when the vendor's receipts came, by notice."""
    received: dict[int, float] = {}
    rows = tx.rows(RECEIPTS, number=number, of_kind=TimelineKind.DELIVERED.value)
    for at, stored in rows:
        data: dict[str, Any] = load(stored)
        if data.get("receipt"):
            received.setdefault(data["notice"], at)
    return received
