"""The incidents that vendors' incidents stand for, and what was done with them last."""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select

from gateway.core.decide.result import ActionOutcome
from gateway.store.db.bulk import insert
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import acks, vendor_incidents

_NUMBERS = Statement(
    select(vendor_incidents.c.incident)
    .where(
        vendor_incidents.c.account == bindparam("of_account"),
        vendor_incidents.c.vendor_id == bindparam("id"),
    )
    .order_by(vendor_incidents.c.incident)
)
_ADD = insert(vendor_incidents, ["account", "vendor_id", "incident"])
_UNDONE = json_list([ActionOutcome.UNDONE.value, ActionOutcome.REOPENED.value])
_UNDONE_AT = Statement(
    select(func.max(acks.c.at)).where(
        acks.c.incident == bindparam("number"), InList(acks.c.action, "actions")
    )
)


def numbers_of(tx: Tx, account: str, vendor_id: str) -> list[int]:
    """Return the incidents that one of an account's stands for, by number."""
    return [row[0] for row in tx.rows(_NUMBERS, of_account=account, id=vendor_id)]


def remember(tx: Tx, account: str, vendor_id: str, numbers: Iterable[int]) -> None:
    """Store which incidents a vendor's incident stands for, beside those stored before."""
    known = set(numbers_of(tx, account, vendor_id))
    rows = [(account, vendor_id, one) for one in sorted(set(numbers) - known)]
    if rows:
        tx.write_rows(_ADD, rows)


def undone_at(tx: Tx, number: int) -> float:
    """Return when an acknowledgement was last undone or the incident reopened; 0 for never."""
    row = tx.row(_UNDONE_AT, number=number, actions=_UNDONE)
    return 0.0 if row is None or row[0] is None else float(row[0])
