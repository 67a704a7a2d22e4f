"""What the next on call must know of the incidents of some receivers."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, not_, select

from gateway.core.incidents.incident import State
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.queries.accepted import IS_ACCEPTED, IS_PAGE
from gateway.store.queries.lists import IncidentSummary
from gateway.store.schema.tables import acks, incidents, notices
from gateway.store.state import incidents as incident_rows

_OPEN = Statement(
    select(*incident_rows.SELECTED, incidents.c.title)
    .where(InList(incidents.c.receiver, "receivers"), incident_rows.IS_OPEN)
    .order_by(incidents.c.urgency, incidents.c.number)
    .limit(bindparam("most"))
)
_OPEN_COUNT = Statement(
    select(func.count()).where(InList(incidents.c.receiver, "receivers"), incident_rows.IS_OPEN)
)
_OPENED = Statement(
    select(incidents.c.number, incidents.c.state).where(
        InList(incidents.c.receiver, "receivers"),
        incidents.c.opened_at >= bindparam("since"),
        not_(incidents.c.test),
    )
)
_ACKNOWLEDGED = Statement(
    select(func.count(func.distinct(acks.c.incident))).where(InList(acks.c.incident, "numbers"))
)
_PAGES = Statement(
    select(func.count()).where(InList(notices.c.incident, "numbers"), IS_ACCEPTED, IS_PAGE)
)


class WeekCounts(NamedTuple):
    """Incidents opened since an instant: all, those still open, those acknowledged, and pages."""

    opened: int
    open: int
    acknowledged: int
    pages: int


def open_incidents(tx: Tx, receivers: Sequence[str], limit: int) -> list[IncidentSummary]:
    """Return the open incidents of these receivers, the most urgent first."""
    rows = tx.rows(_OPEN, receivers=json_list(receivers), most=limit)
    return [IncidentSummary(incident_rows.from_row(row[:-1]), row[-1]) for row in rows]


def count_open(tx: Tx, receivers: Sequence[str]) -> int:
    """Return how many incidents of these receivers are open."""
    count: int = tx.rows(_OPEN_COUNT, receivers=json_list(receivers))[0][0]
    return count


def counts_since(tx: Tx, receivers: Sequence[str], since: float) -> WeekCounts:
    """Return figures of the incidents, tests apart, that opened since an instant."""
    rows = tx.rows(_OPENED, receivers=json_list(receivers), since=since)
    numbers = json_list([row[0] for row in rows])
    return WeekCounts(
        opened=len(rows),
        open=sum(row[1] != State.RESOLVED.value for row in rows),
        acknowledged=tx.rows(_ACKNOWLEDGED, numbers=numbers)[0][0],
        pages=tx.rows(_PAGES, numbers=numbers)[0][0],
    )
