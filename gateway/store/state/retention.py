"""Retention: deleting incidents, alerts, episodes and silences that ended long ago."""

from math import ceil

from sqlalchemy import bindparam, delete, exists, select

from gateway.core.incidents.incident import State
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import (
    acks,
    alerts,
    attempts,
    facts,
    follow_ups,
    incidents,
    members,
    notices,
    recipients,
    timeline,
    vendor_incidents,
)
from gateway.store.state import counters, downtimes, episodes, silences, system_changes

_DELETED_BEFORE = "incidents_deleted_before"

_OLD_INCIDENTS = Statement(
    select(incidents.c.number, incidents.c.state)
    .where(incidents.c.resolved_at < bindparam("before"))
    .order_by(incidents.c.resolved_at)
    .limit(bindparam("most"))
)
_NOTICES_OF = Statement(
    select(notices.c.id, notices.c.facts_id).where(InList(notices.c.incident, "numbers"))
)
_OLD_NOTICES = Statement(
    select(notices.c.id, notices.c.facts_id)
    .where(
        notices.c.incident.is_(None),
        notices.c.created_at < bindparam("before"),
        notices.c.next_at.is_(None),
    )
    .limit(bindparam("most"))
)
_DELETE_PARTS = [
    Statement(delete(table).where(InList(table.c.incident, "numbers")))
    for table in (members, recipients, timeline, acks, notices, vendor_incidents)
]
# What is still to be done outlives its incident.
_DELETE_FOLLOW_UPS = Statement(
    delete(follow_ups).where(
        InList(follow_ups.c.incident, "numbers"), follow_ups.c.done_at.is_not(None)
    )
)
_DELETE_INCIDENTS = Statement(delete(incidents).where(InList(incidents.c.number, "numbers")))
_DELETE_ATTEMPTS = Statement(delete(attempts).where(InList(attempts.c.notice, "ids")))
_DELETE_NOTICES = Statement(delete(notices).where(InList(notices.c.id, "ids")))
_DELETE_FACTS = Statement(
    delete(facts).where(
        InList(facts.c.id, "ids"), ~exists().where(notices.c.facts_id == facts.c.id)
    )
)
_OLD_ALERTS = Statement(
    select(alerts.c.identity)
    .where(
        alerts.c.ends_at < bindparam("before"),
        ~exists().where(members.c.alert == alerts.c.id),
    )
    .order_by(alerts.c.ends_at)
    .limit(bindparam("most"))
)
_DELETE_ALERTS = Statement(delete(alerts).where(InList(alerts.c.identity, "identities")))


def prune(tx: Tx, before: float, limit: int) -> int:
    """Delete what ended before an instant, and return how many.

    The result counts incidents, alerts, episodes and silences. Deleted are up to `limit` incidents
    with all their rows, as many alerts that are in no stored incident, as many finished notices
    without an incident, and as many episodes and silences. Call it again until it returns 0, each
    time in a new transaction, so that other writes do not wait for long.
    """
    old = tx.rows(_OLD_INCIDENTS, before=before, most=limit)
    numbers = json_list([number for number, state in old if state == State.RESOLVED])
    gone = tx.rows(_NOTICES_OF, numbers=numbers)
    gone += tx.rows(_OLD_NOTICES, before=before, most=limit)
    ids = json_list([row[0] for row in gone])
    tx.run(_DELETE_ATTEMPTS, ids=ids)
    tx.run(_DELETE_NOTICES, ids=ids)
    tx.run(_DELETE_FACTS, ids=json_list({row[1] for row in gone}))
    for statement in (*_DELETE_PARTS, _DELETE_FOLLOW_UPS):
        tx.run(statement, numbers=numbers)
    forgotten = tx.run(_DELETE_INCIDENTS, numbers=numbers)
    if forgotten:
        mark = max(ceil(before), deleted_before(tx) or 0)
        counters.save(tx, _DELETED_BEFORE, mark)
    identities = [row[0] for row in tx.rows(_OLD_ALERTS, before=before, most=limit)]
    forgotten += tx.run(_DELETE_ALERTS, identities=json_list(identities))
    forgotten += episodes.prune(tx, before, limit)
    forgotten += system_changes.prune(tx, before)
    forgotten += downtimes.prune(tx, before)
    return forgotten + silences.prune(tx, before, limit)


def deleted_before(tx: Tx) -> int | None:
    """Return the instant (Unix seconds) before whose resolution incidents were deleted.

    None if none was. A change of the retention does not move it back.
    """
    return counters.find(tx, _DELETED_BEFORE)
