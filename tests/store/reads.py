"""Reads of the store's tables that only tests need."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.message import Receipt
from gateway.core.plan.plan import Target
from gateway.store import Tx
from gateway.store.db.statement import Statement, load
from gateway.store.outbox.rows import parse_target
from gateway.store.schema.tables import acks, incidents, recipients
from gateway.store.state.incidents import by_number
from gateway.store.state.timeline import ACK_COLUMNS, AckRecord, ack_from_row

_ACKS = Statement(
    select(*ACK_COLUMNS).where(acks.c.incident == bindparam("number")).order_by(acks.c.id)
)
_OPEN = Statement(
    select(incidents.c.number).where(incidents.c.state != "resolved").order_by(incidents.c.number)
)
_RECIPIENTS = Statement(
    select(recipients.c.target, recipients.c.heard, recipients.c.receipt, recipients.c.updated_at)
    .where(recipients.c.incident == bindparam("number"))
    .order_by(recipients.c.target_key)
)


class Recipient(NamedTuple):
    """A target of an incident, with its receipt."""

    target: Target
    knows_firing: bool
    receipt: Receipt | None
    updated_at: float


def acks_of(tx: Tx, incident: int) -> list[AckRecord]:
    """Return the acknowledgements of an incident, oldest first."""
    return [ack_from_row(row) for row in tx.rows(_ACKS, number=incident)]


def open_incidents(tx: Tx) -> list[Incident]:
    """Return all open incidents in order of number."""
    numbers = [row[0] for row in tx.rows(_OPEN)]
    incidents_by_number = by_number(tx, numbers)
    return [incidents_by_number[number] for number in numbers]


def recipients_of(tx: Tx, incident: int) -> list[Recipient]:
    """Return the targets that an incident notified, or tried to and may have."""
    return [
        Recipient(parse_target(target), bool(knows), load(receipt) if receipt else None, updated_at)
        for target, knows, receipt, updated_at in tx.rows(_RECIPIENTS, number=incident)
    ]
