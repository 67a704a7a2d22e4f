"""Which alerts are in an incident, and what was said about each of them there."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from gateway.core.incident import Member, State, Told
from gateway.store import alerts as alert_rows
from gateway.store.bulk import as_given, insert, update
from gateway.store.sql import Among, Statement, fixed, keys
from gateway.store.tables import alerts, incidents
from gateway.store.tables import members as table
from gateway.store.tx import Tx

_JOIN = insert(table, ["incident", "identity", "told", "joined_at"], key=["incident", "identity"])
_MARK = update(
    table,
    ["incident", "identity"],
    ["told", "told_starts_at", "acked_starts_at"],
    as_given(["told", "told_starts_at", "acked_starts_at"]),
)
_MEMBERS = Statement(
    select(
        *alert_rows.SELECTED,
        table.c.incident,
        table.c.told,
        table.c.told_starts_at,
        table.c.acked_starts_at,
    )
    .join(alerts, alerts.c.identity == table.c.identity)
    .where(Among(table.c.incident, "numbers"))
    .order_by(table.c.incident, table.c.identity)
)
_LEAVE = Statement(
    delete(table).where(
        table.c.incident == bindparam("number"), Among(table.c.identity, "identities")
    )
)
_OPEN_NUMBERS_OF = Statement(
    select(table.c.identity, table.c.incident)
    .join(incidents, incidents.c.number == table.c.incident)
    .where(Among(table.c.identity, "identities"), incidents.c.state != fixed(State.RESOLVED.value))
    .order_by(table.c.incident)
)


def join(tx: Tx, pairs: Sequence[tuple[int, str]], now: float) -> None:
    """Let alerts join incidents: pairs of number and identity. Those there already stay as is."""
    nothing = Told.NOTHING.value
    tx.bulk(_JOIN, [(number, identity, nothing, now) for number, identity in pairs])


def members(tx: Tx, numbers: Sequence[int]) -> dict[int, list[Member]]:
    """Return the members of incidents; every number asked for is there, in order of identity."""
    found: dict[int, list[Member]] = {number: [] for number in numbers}
    told = {word.value: word for word in Told}
    for *alert, number, word, told_starts_at, acked_starts_at in tx.rows(
        _MEMBERS, numbers=keys(numbers)
    ):
        member = Member(
            alert_rows.of_row(tuple(alert)), told[word], told_starts_at, acked_starts_at
        )
        found[number].append(member)
    return found


def mark(tx: Tx, rows: Sequence[tuple[int, str, Told, float | None, float | None]]) -> None:
    """Say what was said: rows of number, identity, told, told_starts_at, acked_starts_at."""
    tx.bulk(_MARK, rows)


def leave(tx: Tx, pairs: Sequence[tuple[int, str]]) -> None:
    """Take alerts out of incidents: pairs of number and identity."""
    by_number: dict[int, list[str]] = {}
    for number, identity in pairs:
        by_number.setdefault(number, []).append(identity)
    for number, identities in by_number.items():
        tx.run(_LEAVE, number=number, identities=keys(identities))


def open_numbers_of(tx: Tx, identities: Sequence[str]) -> dict[str, list[int]]:
    """Return the open incidents that alerts are in; an alert in none is left out."""
    found: dict[str, list[int]] = {}
    for identity, number in tx.rows(_OPEN_NUMBERS_OF, identities=keys(identities)):
        found.setdefault(identity, []).append(number)
    return found
