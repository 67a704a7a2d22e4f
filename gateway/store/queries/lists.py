"""Lists of incidents and alerts, and counts of incidents.

Lists are read in pages, the newest first, so no answer grows without limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, case, func, not_, or_, select

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import Labels
from gateway.core.incidents.incident import Incident, NotifiedState, State
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import alerts, incidents, members
from gateway.store.state import alerts as alert_rows
from gateway.store.state import incidents as incident_rows

_COUNTS_BY_STATE = Statement(
    select(incidents.c.state, func.count()).group_by(incidents.c.state).order_by(incidents.c.state)
)
_NOTIFIED_OPENED_AT = case((incidents.c.rank.is_not(None), incidents.c.opened_at))
# The first columns of the index `incidents_standing`, so that it need not be sorted.
_OPEN_COUNT_COLUMNS = (
    incidents.c.severity,
    incidents.c.state,
    incidents.c.suppressed,
    incidents.c.team,
)
_OPEN_COUNTS = Statement(
    select(*_OPEN_COUNT_COLUMNS, func.count(), func.min(_NOTIFIED_OPENED_AT))
    .where(incident_rows.IS_OPEN, not_(incidents.c.test))
    .group_by(*_OPEN_COUNT_COLUMNS)
)
_OPEN_STATES = tuple(state.value for state in State if state is not State.RESOLVED)
_TITLES = (*incident_rows.SELECTED, incidents.c.title)
_HISTORY = Statement(
    select(
        *_TITLES,
        members.c.joined_at,
        members.c.told,
        members.c.told_starts_at,
        members.c.acked_starts_at,
    )
    .join(members, members.c.incident == incidents.c.number)
    .join(alerts, alerts.c.id == members.c.alert)
    .where(alerts.c.identity == bindparam("identity"))
    .order_by(incidents.c.number.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """An incident as lists show it."""

    incident: Incident
    title: str


@dataclass(frozen=True, slots=True)
class AlertAppearance:
    """An incident that an alert was in, and what was notified of the alert there."""

    incident: Incident
    title: str
    joined_at: float
    notified: NotifiedState
    notified_starts_at: float | None
    acked_starts_at: float | None


def incidents_page(
    tx: Tx,
    *,
    state: str | None = None,
    receiver: str | None = None,
    severity: str | None = None,
    q: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[IncidentSummary]:
    """Return incidents, highest number first, those below `before`.

    `state` is one of `State`, or "open" for all but the resolved. `q` is searched in title, group
    labels and receiver, in any case (beyond ASCII as the database folds it).
    """
    query: Select[Row] = select(*_TITLES).order_by(incidents.c.number.desc()).limit(limit)
    if receiver is not None:
        query = query.where(incidents.c.receiver == receiver)
    if severity is not None:
        query = query.where(incidents.c.severity == severity)
    if q:
        columns = (incidents.c.title, incidents.c.group_labels, incidents.c.receiver)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if before is not None:
        query = query.where(incidents.c.number < before)
    if state is None:
        rows = tx.query(query)
    else:
        # One query for each state uses its index. "Not resolved" would read all resolved incidents,
        # and in time nearly all are.
        states = _OPEN_STATES if state == "open" else (state,)
        rows = [row for one in states for row in tx.query(query.where(incidents.c.state == one))]
        rows.sort(key=lambda row: -int(row[0]))
    return [IncidentSummary(incident_rows.from_row(row[:-1]), row[-1]) for row in rows[:limit]]


def title_of(tx: Tx, number: int) -> str:
    """Return an incident's title for lists; empty if there is no such incident."""
    rows = tx.query(select(incidents.c.title).where(incidents.c.number == number))
    return str(rows[0][0]) if rows else ""


def counts_by_state(tx: Tx) -> dict[str, int]:
    """Return how many incidents there are in each state."""
    return dict(tx.rows(_COUNTS_BY_STATE))


def open_counts(tx: Tx) -> list[tuple[str, str, str, int, float | None]]:
    """Return team, severity, state, count and age of the open incidents.

    The age is when the oldest of those that were notified was opened; None if none was.
    """
    groups: dict[tuple[str, str, str], tuple[int, float | None]] = {}
    for severity, state, _, team, count, opened_at in tx.rows(_OPEN_COUNTS):
        before, oldest = groups.get((team, severity, state), (0, None))
        known = [one for one in (oldest, opened_at) if one is not None]
        groups[team, severity, state] = before + count, min(known, default=None)
    return [(*key, *group) for key, group in groups.items()]


def find_alerts(tx: Tx, labels: Labels, *, limit: int = 100) -> list[Alert]:
    """Return alerts that have all of these labels, the latest reported first.

    It reads every alert, so use it for a person's search only.
    """
    query = select(*alert_rows.SELECTED).order_by(alerts.c.updated_at.desc()).limit(limit)
    for name, value in labels.items():
        # orjson writes a label in one form only. A quotation mark in a value has a backslash before
        # it, so no part of a value can match a label.
        pair = dump({name: value})[1:-1]
        query = query.where(alerts.c.labels.contains(pair, autoescape=True))
    candidates = [alert_rows.from_row(row) for row in tx.query(query)]
    return [alert for alert in candidates if _has_labels(alert.labels, labels)]


def history_of_alert(tx: Tx, identity: str, limit: int = 50) -> list[AlertAppearance]:
    """Return the incidents that an alert was in, the newest first."""
    width = len(_TITLES)
    return [
        AlertAppearance(
            incident_rows.from_row(row),
            row[width - 1],
            row[width],
            NotifiedState(row[width + 1]),
            *row[-2:],
        )
        for row in tx.rows(_HISTORY, identity=identity, most=limit)
    ]


def _has_labels(labels: Mapping[str, str], required: Mapping[str, str]) -> bool:
    return all(labels.get(name) == value for name, value in required.items())
