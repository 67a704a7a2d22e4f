"""Alerts that were seen lately, the newest first, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from gateway.core.alerts.labels import Labels
from gateway.store.db.statement import Statement, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import alerts

_SELECTED = (
    alerts.c.labels,
    alerts.c.annotations,
    alerts.c.source,
    alerts.c.starts_at,
    alerts.c.ends_at,
    alerts.c.serial,
)
_WITHOUT_END = Statement(
    select(*_SELECTED)
    .where(alerts.c.ends_at.is_(None), alerts.c.serial < bindparam("before"))
    .order_by(alerts.c.serial.desc())
    .limit(bindparam("most"))
)
# Alerts of one end are a page's border only once: the page goes on below that end and serial.
_ENDED = Statement(
    select(*_SELECTED)
    .where(
        alerts.c.ends_at >= bindparam("since"),
        alerts.c.ends_at <= bindparam("until"),
        (alerts.c.ends_at < bindparam("until_again")) | (alerts.c.serial < bindparam("before")),
    )
    .order_by(alerts.c.ends_at.desc(), alerts.c.serial.desc())
    .limit(bindparam("most"))
)

_ALL = 2**62


@dataclass(frozen=True, slots=True)
class RecentAlert:
    """An alert's last firing. Instants are Unix seconds; `ends_at` None: without an end."""

    labels: Labels
    annotations: Labels
    source: str
    starts_at: float
    ends_at: float | None


@dataclass(frozen=True, slots=True)
class PageEnd:
    """Where the next page begins: below this end (None: among those without one) and serial."""

    ends_at: float | None = None
    serial: int = _ALL


def page(
    tx: Tx, since: float, after: PageEnd, most: int
) -> tuple[list[RecentAlert], PageEnd | None]:
    """Return alerts that fire, or ended at `since` or later, and where the next page begins.

    Those without an end come first, then those that end last. None: there is no further page.
    """
    if after.ends_at is None:
        rows = tx.rows(_WITHOUT_END, before=after.serial, most=most)
        last = rows[-1][5] if len(rows) == most else None
        following = PageEnd(float("inf")) if last is None else PageEnd(None, last)
    else:
        end = min(after.ends_at, 1e300)  # no database stores an infinite end
        rows = tx.rows(
            _ENDED, since=since, until=end, until_again=end, before=after.serial, most=most
        )
        if len(rows) < most:
            return _alerts(rows), None
        following = PageEnd(rows[-1][4], rows[-1][5])
    return _alerts(rows), following


def _alerts(rows: Sequence[tuple[object, ...]]) -> list[RecentAlert]:
    return [
        RecentAlert(load(labels), load(annotations), source, starts_at, ends_at)  # type: ignore[arg-type]
        for labels, annotations, source, starts_at, ends_at, _ in rows
    ]
