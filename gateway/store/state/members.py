"""Members: the alerts of an incident, and what was notified of each."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import bindparam, delete, select

from gateway.core.incidents.incident import Member, NotifiedState, State
from gateway.store.db.bulk import Bulk, insert
from gateway.store.db.statement import InList, Statement, json_list, literal
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import alerts, incidents
from gateway.store.schema.tables import members as table
from gateway.store.state import alerts as alert_rows

NO_IDS: Mapping[str, int] = MappingProxyType({})

_ADD = insert(table, ["incident", "alert", "told", "joined_at"], key=["incident", "alert"])
_MARK_NOTIFIED = Bulk(
    ["incident", "identity", "told", "told_starts_at", "acked_starts_at"],
    (
        "WITH given(incident, identity, told, told_starts_at, acked_starts_at) AS (VALUES ",
        ") UPDATE members SET told = given.told, told_starts_at = given.told_starts_at,"
        " acked_starts_at = given.acked_starts_at FROM given"
        " JOIN alerts ON alerts.identity = given.identity"
        " WHERE members.incident = given.incident AND members.alert = alerts.id",
    ),
    "UPDATE members SET told = given.told, told_starts_at = given.told_starts_at,"
    " acked_starts_at = given.acked_starts_at FROM json_to_recordset(%s)"
    " AS given(incident bigint, identity text, told text, told_starts_at double precision,"
    " acked_starts_at double precision) JOIN alerts ON alerts.identity = given.identity"
    " WHERE members.incident = given.incident AND members.alert = alerts.id",
    2,
    "UPDATE members SET told = ?3, told_starts_at = ?4, acked_starts_at = ?5"
    " WHERE incident = ?1 AND alert = (SELECT id FROM alerts WHERE identity = ?2)",
)
_BY_INCIDENT = Statement(
    select(
        *alert_rows.SELECTED,
        table.c.incident,
        table.c.told,
        table.c.told_starts_at,
        table.c.acked_starts_at,
    )
    .join(alerts, alerts.c.id == table.c.alert)
    .where(InList(table.c.incident, "numbers"))
    .order_by(table.c.incident, alerts.c.identity)
)
_REMOVE = Statement(
    delete(table).where(
        table.c.incident == bindparam("number"),
        table.c.alert.in_(select(alerts.c.id).where(InList(alerts.c.identity, "identities"))),
    )
)
_OPEN_NUMBERS_OF = Statement(
    select(alerts.c.identity, table.c.incident)
    .join(table, table.c.alert == alerts.c.id)
    .join(incidents, incidents.c.number == table.c.incident)
    .where(
        InList(alerts.c.identity, "identities"), incidents.c.state != literal(State.RESOLVED.value)
    )
    .order_by(table.c.incident)
)


def add(
    tx: Tx, pairs: Sequence[tuple[int, str]], now: float, ids: Mapping[str, int] = NO_IDS
) -> None:
    """Add stored alerts to incidents: pairs of number and identity.

    Members stay as they are.

    `ids` are known ids of the alerts by identity (see `alerts.save`); others are read.
    """
    others = {identity for _, identity in pairs if identity not in ids}
    if others:
        ids = {**ids, **alert_rows.ids(tx, others)}
    nothing = NotifiedState.NONE.value
    tx.write_rows(_ADD, [(number, ids[identity], nothing, now) for number, identity in pairs])


def by_incident(tx: Tx, numbers: Sequence[int]) -> dict[int, list[Member]]:
    """Return the members of incidents by number, in order of identity.

    Each of the numbers is a key, if need be with an empty list.
    """
    by_number: dict[int, list[Member]] = {number: [] for number in numbers}
    states = {state.value: state for state in NotifiedState}
    for *alert, number, state, notified_starts_at, acked_starts_at in tx.rows(
        _BY_INCIDENT, numbers=json_list(numbers)
    ):
        member = Member(
            alert_rows.from_row(tuple(alert)), states[state], notified_starts_at, acked_starts_at
        )
        by_number[number].append(member)
    return by_number


def mark_notified(
    tx: Tx, rows: Sequence[tuple[int, str, NotifiedState, float | None, float | None]]
) -> None:
    """Store what was notified: rows of number, identity and three fields of `Member`.

    These are `notified`, `notified_starts_at` and `acked_starts_at`.
    """
    tx.write_rows(_MARK_NOTIFIED, rows)


def remove(tx: Tx, pairs: Sequence[tuple[int, str]]) -> None:
    """Remove alerts from incidents: pairs of number and identity."""
    by_number: dict[int, list[str]] = {}
    for number, identity in pairs:
        by_number.setdefault(number, []).append(identity)
    for number, identities in by_number.items():
        tx.run(_REMOVE, number=number, identities=json_list(identities))


def open_numbers_of(tx: Tx, identities: Sequence[str]) -> dict[str, list[int]]:
    """Return the numbers of alerts' open incidents, by identity."""
    numbers: dict[str, list[int]] = {}
    for identity, number in tx.rows(_OPEN_NUMBERS_OF, identities=json_list(identities)):
        numbers.setdefault(identity, []).append(number)
    return numbers
