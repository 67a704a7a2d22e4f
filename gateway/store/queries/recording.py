"""Alerts and actions of a span, read in pages, for recordings.

A page is a range of ids, so each read is short however few of its rows are in the span.
"""

from sqlalchemy import bindparam, func, select

from gateway.core.alerts.labels import Labels
from gateway.core.recorded.history import ACTION_OF, RecordedAction, RecordedAlert
from gateway.core.time.spans import Span
from gateway.store.db.statement import InList, Statement, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import acks, alerts, episodes, members

ALERTS_PAGE = 2000
"""Ids of alerts of one read. Higher holds the interpreter for longer at a time."""

ACTIONS_PAGE = 500
"""Ids of actions of one read."""

MOST_ALERTS = 100
"""Alerts that an action is recorded with: any one of them finds the incident again."""

LATEST = Statement(
    select(
        alerts.c.labels,
        alerts.c.starts_at,
        alerts.c.ends_at,
        alerts.c.annotations,
        alerts.c.source,
    )
    .where(
        alerts.c.id > bindparam("after"),
        alerts.c.id <= bindparam("upto"),
        alerts.c.starts_at < bindparam("end"),
        func.coalesce(alerts.c.ends_at, bindparam("end")) > bindparam("start"),
    )
    .order_by(alerts.c.id)
)
EARLIER = Statement(
    select(
        alerts.c.labels,
        episodes.c.starts_at,
        episodes.c.ends_at,
        alerts.c.annotations,
        episodes.c.source,
    )
    .join(episodes, episodes.c.alert == alerts.c.id)
    .where(
        episodes.c.alert > bindparam("after"),
        episodes.c.alert <= bindparam("upto"),
        episodes.c.starts_at < bindparam("end"),
        episodes.c.ends_at > bindparam("start"),
    )
    .order_by(episodes.c.alert, episodes.c.starts_at)
)
LAST_ALERT = Statement(select(func.max(alerts.c.id)))
ACTIONS = Statement(
    select(acks.c.incident, acks.c.action, acks.c.at, acks.c.person, acks.c.via)
    .where(
        acks.c.id > bindparam("after"),
        acks.c.id <= bindparam("upto"),
        acks.c.at >= bindparam("start"),
        acks.c.at < bindparam("end"),
        InList(acks.c.action, "outcomes"),
    )
    .order_by(acks.c.id)
)
LAST_ACTION = Statement(select(func.max(acks.c.id)))
LABELS = Statement(
    select(alerts.c.labels)
    .join(members, members.c.alert == alerts.c.id)
    .where(members.c.incident == bindparam("number"))
    .order_by(members.c.alert)
    .limit(MOST_ALERTS)
)

_OUTCOMES = json_list([outcome.value for outcome in ACTION_OF])


def alerts_page(tx: Tx, span: Span, after: int) -> tuple[list[RecordedAlert], int | None]:
    """Return the episodes in a span of the alerts after an id, and the id to go on after."""
    upto = after + ALERTS_PAGE
    where = {"after": after, "upto": upto, "start": span.start, "end": span.end}
    rows = [*tx.rows(EARLIER, **where), *tx.rows(LATEST, **where)]
    page = [
        RecordedAlert(load(labels), starts_at, ends_at, load(annotations), source)
        for labels, starts_at, ends_at, annotations, source in rows
    ]
    return page, _next(tx, LAST_ALERT, upto)


def actions_page(tx: Tx, span: Span, after: int) -> tuple[list[RecordedAction], int | None]:
    """Return the actions in a span after an id that can be done again, and the id to go on after.

    An action has the labels of up to `MOST_ALERTS` alerts of its incident.
    """
    upto = after + ACTIONS_PAGE
    rows = tx.rows(
        ACTIONS, after=after, upto=upto, start=span.start, end=span.end, outcomes=_OUTCOMES
    )
    labels = {number: _labels(tx, number) for number in {row[0] for row in rows}}
    page = [
        RecordedAction(_NAMES[outcome], at, person, via, labels[number])
        for number, outcome, at, person, via in rows
    ]
    return page, _next(tx, LAST_ACTION, upto)


_NAMES = {outcome.value: name.value for outcome, name in ACTION_OF.items()}


def _labels(tx: Tx, number: int) -> tuple[Labels, ...]:
    return tuple(load(stored) for (stored,) in tx.rows(LABELS, number=number))


def _next(tx: Tx, last: Statement, upto: int) -> int | None:
    newest = tx.rows(last)[0][0]
    return upto if newest is not None and newest > upto else None
