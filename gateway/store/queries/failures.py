"""Failed deliveries: notices that were given up, by target."""

from typing import NamedTuple

from sqlalchemy import bindparam, false, func, not_, select

from gateway.core.incidents.outbox import NoticeState
from gateway.store.db.statement import Statement, literal
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import incidents, notices

_DEAD = (
    select(func.min(notices.c.target), func.count(), notices.c.target_key)
    .outerjoin(incidents, incidents.c.number == notices.c.incident)
    .where(
        notices.c.state == literal(NoticeState.DEAD.value),
        notices.c.created_at >= bindparam("first"),
        notices.c.created_at < bindparam("last"),
        not_(func.coalesce(incidents.c.test, false())),
    )
)
_FAILED = Statement(_DEAD.group_by(notices.c.target_key))
_FAILED_OF_TEAM = Statement(
    _DEAD.where(incidents.c.team == bindparam("of_team")).group_by(notices.c.target_key)
)


class FailedDeliveries(NamedTuple):
    """How many notices to a target were given up. `target` is as in the outbox."""

    target: str
    notices: int
    target_key: str


def failed_deliveries(
    tx: Tx, start: float, end: float, team: str | None = None
) -> list[FailedDeliveries]:
    """Return the targets of notices of [start, end) that were given up, the most of them first.

    `team` limits them to notices about its incidents; None counts all, also those without one.
    Tests are left out.
    """
    values = {"first": start, "last": end}
    if team is None:
        rows = tx.rows(_FAILED, **values)
    else:
        rows = tx.rows(_FAILED_OF_TEAM, **values, of_team=team)
    failed = [FailedDeliveries(*row) for row in rows]
    return sorted(failed, key=lambda one: (-one.notices, one.target_key))
