"""Stored episodes of alerts: the firings before the latest one, which is in `alerts`."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, func, select

from gateway.core.alerts.episode import Episode, EpisodeState
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import alerts
from gateway.store.schema.tables import episodes as table
from gateway.store.state import alerts as alert_rows

_COLUMNS = ("alert", "starts_at", "ends_at", "state", "severity", "source")
_SELECTED = (alerts.c.identity, *(table.c[name] for name in _COLUMNS[1:]))
_ADD = insert(table, _COLUMNS, key=_COLUMNS[:2], change=overwrite(_COLUMNS[2:]))
_IN_SPAN = (
    InList(alerts.c.identity, "identities"),
    table.c.starts_at < bindparam("last"),
    table.c.ends_at > bindparam("first"),
)
_OF_ALERTS = Statement(
    select(*_SELECTED)
    .join(table, table.c.alert == alerts.c.id)
    .where(*_IN_SPAN)
    .order_by(table.c.starts_at.desc(), alerts.c.identity)
    .limit(bindparam("most"))
)
_COUNT = Statement(
    select(func.count())
    .select_from(alerts)
    .join(table, table.c.alert == alerts.c.id)
    .where(*_IN_SPAN)
)
_earlier = table.alias("earlier")
_LAST_START = (
    select(func.max(_earlier.c.starts_at))
    .where(_earlier.c.alert == alerts.c.id, _earlier.c.starts_at <= bindparam("instant"))
    .scalar_subquery()
)
_LAST_BEFORE = Statement(
    select(*_SELECTED)
    .join(table, table.c.alert == alerts.c.id)
    .where(InList(alerts.c.identity, "identities"), table.c.starts_at == _LAST_START)
)
_OLD = Statement(
    select(table.c.id)
    .where(table.c.ends_at < bindparam("before"))
    .order_by(table.c.ends_at)
    .limit(bindparam("most"))
)
_DELETE = Statement(delete(table).where(InList(table.c.id, "ids")))


def add(tx: Tx, ended: Sequence[Episode]) -> None:
    """Record episodes that have ended, of stored alerts."""
    if not ended:
        return
    ids = alert_rows.ids(tx, {episode.identity for episode in ended})
    tx.write_rows(
        _ADD,
        [
            (
                ids[episode.identity],
                episode.starts_at,
                episode.starts_at if episode.ends_at is None else episode.ends_at,
                episode.state.value,
                episode.severity,
                episode.source,
            )
            for episode in ended
        ],
    )


def of_alerts(
    tx: Tx, identities: Sequence[str], start: float, end: float, limit: int
) -> list[Episode]:
    """Return recorded episodes that touch [start, end), the latest first."""
    rows = tx.rows(_OF_ALERTS, identities=json_list(identities), first=start, last=end, most=limit)
    return [_from_row(row) for row in rows]


def count(tx: Tx, identities: Sequence[str], start: float, end: float) -> int:
    """Return how many recorded episodes touch [start, end)."""
    number: int = tx.rows(_COUNT, identities=json_list(identities), first=start, last=end)[0][0]
    return number


def last_before(tx: Tx, identities: Sequence[str], instant: float) -> Mapping[str, Episode]:
    """Return the latest recorded episode that began by an instant, by identity."""
    rows = tx.rows(_LAST_BEFORE, identities=json_list(identities), instant=instant)
    return {row[0]: _from_row(row) for row in rows}


def prune(tx: Tx, before: float, limit: int) -> int:
    """Delete up to `limit` episodes that ended before an instant; return how many."""
    ids = [row[0] for row in tx.rows(_OLD, before=before, most=limit)]
    return tx.run(_DELETE, ids=json_list(ids)) if ids else 0


def _from_row(row: Row) -> Episode:
    identity, starts_at, ends_at, state, severity, source = row
    return Episode(identity, starts_at, ends_at, EpisodeState(state), severity, source)
