"""Unusable contacts."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, select

from gateway.core.plan.contact_health import UnusableContact
from gateway.store.db.bulk import insert
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import incidents, notices, unusable_contacts
from gateway.store.state import plan_version
from gateway.store.state.incidents import IS_OPEN

_ALWAYS = 1e18  # later than every instant

_ALL = Statement(
    select(
        unusable_contacts.c.target_key, unusable_contacts.c.reason, unusable_contacts.c.since
    ).order_by(unusable_contacts.c.target_key)
)
_SINCE = Statement(
    select(unusable_contacts.c.target_key).where(
        InList(unusable_contacts.c.target_key, "keys"),
        unusable_contacts.c.since < bindparam("before"),
    )
)
_MARK = insert(unusable_contacts, ["target_key", "reason", "since"])
_CLEAR = Statement(delete(unusable_contacts).where(InList(unusable_contacts.c.target_key, "keys")))
_INCIDENTS = Statement(
    select(notices.c.incident)
    .join(incidents, incidents.c.number == notices.c.incident)
    .where(
        InList(notices.c.person, "people"),
        notices.c.created_at >= bindparam("since"),
        InList(notices.c.target_key, "keys"),
        IS_OPEN,
    )
    .distinct()
)


def unusable(tx: Tx) -> list[UnusableContact]:
    """Return all targets that are unusable, by key."""
    return [UnusableContact(*row) for row in tx.rows(_ALL)]


def mark(tx: Tx, contacts: Iterable[UnusableContact]) -> list[str]:
    """Store that targets are unusable; return the keys of those that were usable before.

    The first reason stays: what vendors say later only follows from it.
    """
    known = {one.key for one in unusable(tx)}
    rows = {one.key: (one.key, one.reason, one.since) for one in contacts if one.key not in known}
    if rows:
        tx.write_rows(_MARK, list(rows.values()))
        plan_version.advance(tx)
    return list(rows)


def clear(tx: Tx, keys: Iterable[str], before: float = _ALWAYS) -> list[str]:
    """Store that targets work; return those that were unusable, since an instant before this."""
    listed = json_list(sorted(set(keys)))
    cleared = [row[0] for row in tx.rows(_SINCE, keys=listed, before=before)]
    if cleared:
        tx.run(_CLEAR, keys=json_list(cleared))
        plan_version.advance(tx)
    return cleared


def incidents_notified(
    tx: Tx, keys: Sequence[str], people: Sequence[str], since: float
) -> list[int]:
    """Return the open incidents that people were notified of by these targets since then."""
    rows = tx.rows(_INCIDENTS, keys=json_list(keys), people=json_list(people), since=since)
    return [row[0] for row in rows]
