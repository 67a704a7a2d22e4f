"""Active alerts by serial, for answers of any length.

A list of serials is small (eight bytes an alert). An answer takes one such list, and reads pages of
alerts while it is sent. Stored JSON is not parsed here.
"""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, tuple_

from gateway.core.alerts.labels import Labels
from gateway.core.incidents.incident import State
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list, literal, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import alerts, incidents, members
from gateway.store.state import counters
from gateway.store.state.incidents import IS_OPEN

PAGE_SIZE = 10_000
"""Serials that are read at once. More need more memory, fewer need more queries."""

COLUMNS = (
    "serial",
    "identity",
    "labels",
    "annotations",
    "starts_at",
    "ends_at",
    "generator_url",
    "updated_at",
)
_MAX_SERIAL = 2**63 - 1

_WITH_END = Statement(
    select(alerts.c.ends_at, alerts.c.serial)
    .where(
        tuple_(alerts.c.ends_at, alerts.c.serial)
        > tuple_(bindparam("ends_at"), bindparam("serial"))
    )
    .order_by(alerts.c.ends_at, alerts.c.serial)
    .limit(bindparam("many"))
)
_WITHOUT_END = Statement(
    select(alerts.c.serial)
    .where(alerts.c.ends_at.is_(None), alerts.c.serial > bindparam("serial"))
    .order_by(alerts.c.serial)
    .limit(bindparam("many"))
)
_BY_SERIAL = Statement(
    select(*(alerts.c[name] for name in COLUMNS))
    .where(InList(alerts.c.serial, "serials"))
    .order_by(alerts.c.serial)
)
_LABELS = Statement(
    select(alerts.c.serial, alerts.c.labels)
    .where(InList(alerts.c.serial, "serials"))
    .order_by(alerts.c.serial)
)
_NEW_LABELS = Statement(
    select(alerts.c.serial, alerts.c.labels)
    .where(alerts.c.serial > bindparam("serial"))
    .order_by(alerts.c.serial)
    .limit(bindparam("many"))
)
_BY_LABELS = (incidents.c.group_labels, incidents.c.receiver, incidents.c.number)
# Not IS_OPEN, because the index on state only answers equality, and most incidents are resolved.
_OPEN = incidents.c.state.in_([literal(s.value) for s in State if s is not State.RESOLVED])
_OPEN_NUMBERS = Statement(select(incidents.c.number).where(_OPEN).order_by(*_BY_LABELS))
_OPEN_NUMBERS_IN = Statement(
    select(incidents.c.number)
    .where(InList(incidents.c.number, "numbers"), IS_OPEN)
    .order_by(*_BY_LABELS)
)
_GROUPS = Statement(
    select(
        incidents.c.number, incidents.c.receiver, incidents.c.route_id, incidents.c.group_labels
    ).where(InList(incidents.c.number, "numbers"))
)
_MEMBERS = Statement(
    select(members.c.incident, alerts.c.serial)
    .join(alerts, alerts.c.id == members.c.alert)
    .where(InList(members.c.incident, "numbers"))
    .order_by(members.c.incident, alerts.c.serial)
)
_MEMBERSHIPS = Statement(
    select(members.c.incident, alerts.c.serial)
    .join(members, members.c.alert == alerts.c.id)
    .where(InList(alerts.c.serial, "serials"))
    .order_by(members.c.incident, alerts.c.serial)
)


class Group(NamedTuple):
    """An open incident as a list of groups shows it.

    `labels` is JSON as it is stored.
    """

    number: int
    receiver: str
    route_id: str
    labels: str


def serials(tx: Tx, since: float) -> "array[int]":
    """Return the serials of alerts that have not ended by `since`, ascending."""
    numbers = array("q")
    cursor = (since, _MAX_SERIAL)
    while page := tx.rows(_WITH_END, ends_at=cursor[0], serial=cursor[1], many=PAGE_SIZE):
        numbers.extend([serial for _, serial in page])
        cursor = page[-1]
    last = -1
    while page := tx.rows(_WITHOUT_END, serial=last, many=PAGE_SIZE):
        numbers.extend([serial for (serial,) in page])
        last = numbers[-1]
    return array("q", sorted(numbers))


def serials_up_to(tx: Tx, since: float, most: int) -> list[int] | None:
    """Return the same as `serials`, or None if there are more than `most`."""
    with_end = tx.rows(_WITH_END, ends_at=since, serial=_MAX_SERIAL, many=most + 1)
    without = tx.rows(_WITHOUT_END, serial=-1, many=most + 1)
    numbers = [serial for _, serial in with_end] + [serial for (serial,) in without]
    return None if len(numbers) > most else sorted(numbers)


def rows(tx: Tx, serials: Sequence[int]) -> list[Row]:
    """Return rows of `COLUMNS` in order of serial; deleted alerts are left out."""
    return tx.rows(_BY_SERIAL, serials=json_list(serials))


def labels(tx: Tx, serials: Sequence[int]) -> list[tuple[int, Labels]]:
    """Return serials and labels of those alerts that are stored, by serial."""
    return [(serial, load(text)) for serial, text in tx.rows(_LABELS, serials=json_list(serials))]


def last_serial(tx: Tx) -> int:
    """Return the highest serial so far."""
    return counters.read(tx, "alert")


def labels_after(tx: Tx, serial: int, limit: int) -> list[tuple[int, Labels]]:
    """Return serials and labels of the alerts after a serial, in that order."""
    rows = tx.rows(_NEW_LABELS, serial=serial, many=limit)
    return [(serial, load(text)) for serial, text in rows]


def open_numbers(tx: Tx, among: Sequence[int] | None = None) -> "array[int]":
    """Return the numbers of open incidents, in order of their labels.

    `among` limits them to some numbers. The database sorts by the text of the labels. Within one
    route that is Alertmanager's order.
    """
    everyone = among is None
    rows = (
        tx.rows(_OPEN_NUMBERS) if everyone else tx.rows(_OPEN_NUMBERS_IN, numbers=json_list(among))
    )
    return array("q", [number for (number,) in rows])


def groups(tx: Tx, numbers: Sequence[int]) -> dict[int, Group]:
    """Return incidents as groups, by number."""
    return {row[0]: Group(*row) for row in tx.rows(_GROUPS, numbers=json_list(numbers))}


def members_of(tx: Tx, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return pairs of incident and serial for all members of incidents."""
    return [(row[0], row[1]) for row in tx.rows(_MEMBERS, numbers=json_list(numbers))]


def memberships(tx: Tx, serials: Sequence[int]) -> list[tuple[int, int]]:
    """Return pairs of incident and serial for alerts.

    Resolved incidents are included.
    """
    return [(row[0], row[1]) for row in tx.rows(_MEMBERSHIPS, serials=json_list(serials))]
