"""Stored incidents, by group or by number.

A row also has a title for lists and an urgency, by which `schedule` orders what is due.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, func, select

from gateway.core.alerts.source_labels import TEST_LABEL, is_test
from gateway.core.incidents.incident import SUPPRESSED, Incident, State, with_number
from gateway.core.incidents.incident_json import from_json, to_json
from gateway.core.incidents.responses import Previous
from gateway.store.db.bulk import insert, overwrite, update
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, literal, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import incidents
from gateway.store.state import counters

UNKNOWN_URGENCY = 0
"""Urgency of an incident without a rank. It is decided before all others, because it may be the
most urgent one."""

_COLUMNS = (
    "number",
    "group_key",
    "route_id",
    "receiver",
    "group_labels",
    "opened_at",
    "due_at",
    "state",
    "rank",
    "severity",
    "resolved_at",
    "memory",
    "team",
)
_CHANGEABLE_COLUMNS = (
    "route_id",
    "receiver",
    "due_at",
    "state",
    "rank",
    "severity",
    "resolved_at",
    "memory",
    "team",
    "suppressed",
)
SELECTED = [incidents.c[name] for name in _COLUMNS]
IS_OPEN = incidents.c.state != literal(State.RESOLVED.value)

_OPEN_BY_KEY = Statement(select(*SELECTED).where(InList(incidents.c.group_hash, "hashes"), IS_OPEN))
_ENDED_SINCE = Statement(
    select(*SELECTED)
    .where(incidents.c.resolved_at > bindparam("since"), InList(incidents.c.group_hash, "hashes"))
    .order_by(incidents.c.resolved_at)
)
_LATEST = Statement(
    select(incidents.c.group_hash, func.max(incidents.c.number), func.count())
    .where(InList(incidents.c.group_hash, "hashes"), incidents.c.opened_at > bindparam("since"))
    .group_by(incidents.c.group_hash)
)
_CREATE = insert(incidents, [*_COLUMNS, "group_hash", "title", "urgency", "suppressed", "test"])
_BY_NUMBER = Statement(select(*SELECTED).where(InList(incidents.c.number, "numbers")))
_SAVE = update(
    incidents,
    ["number"],
    _CHANGEABLE_COLUMNS,
    overwrite(_CHANGEABLE_COLUMNS) | {"urgency": "coalesce(new.rank, old.urgency)"},
)
_SET_TITLES = update(incidents, ["number"], ["title"], overwrite(["title"]))


@lru_cache(maxsize=2048)
def from_row(row: Row) -> Incident:
    """Make an incident of a row of `SELECTED`.

    It is cached because most alerts that join an incident leave it unchanged, and the next ones
    read it again. The cache is shared by the writer's and the readers' threads: every part of an
    incident must stay immutable.
    """
    return Incident(
        number=row[0],
        group_key=row[1],
        route_id=row[2],
        receiver=row[3],
        group_labels=MappingProxyType(load(row[4])),
        opened_at=row[5],
        due_at=row[6],
        state=State(row[7]),
        rank=row[8],
        severity=row[9],
        resolved_at=row[10],
        team=row[12],
        **from_json(load(row[11])),
    )


def open_by_key(tx: Tx, group_keys: Sequence[str]) -> dict[str, Incident]:
    """Return the open incidents of these groups, by group key.

    A group has at most one.
    """
    rows = tx.rows(_OPEN_BY_KEY, hashes=json_list([_hash(key) for key in group_keys]))
    return {row[1]: from_row(row) for row in rows}


def beginnings_of(
    tx: Tx, group_keys: Collection[str], since: float
) -> dict[str, tuple[float, ...]]:
    """Return the recent starts of groups, by group key, for flapping.

    They are those of the group's last incident that ended after `since`: its own start, and the
    earlier ones that it kept.
    """
    hashes = json_list([_hash(key) for key in group_keys])
    resolved = [from_row(row) for row in tx.rows(_ENDED_SINCE, since=since, hashes=hashes)]
    return {one.group_key: (*one.beginnings, one.opened_at) for one in resolved}


def previous_of(tx: Tx, group_keys: Collection[str], since: float) -> dict[str, Previous]:
    """Return the last incident of groups by group key, if it opened after `since`.

    They are resolved, because a group has one open incident at most and this one is to open.
    """
    keys = {_hash(key): key for key in group_keys}
    latest = tx.rows(_LATEST, since=since, hashes=json_list(list(keys)))
    if not latest:
        return {}
    stored = by_number(tx, [number for _, number, _ in latest])
    return {
        keys[hash_]: Previous(number, stored[number].resolved_at or 0.0, lately)
        for hash_, number, lately in latest
    }


def create(
    tx: Tx,
    opened: Sequence[Incident],
    *,
    titles: Sequence[str] | None = None,
    urgencies: Sequence[int] | None = None,
) -> list[Incident]:
    """Save new incidents and return them with their numbers, in the same order.

    Without `urgencies`, an incident's urgency is its rank, or UNKNOWN_URGENCY.
    """
    if not opened:
        return []
    numbers = counters.take(tx, "incident", len(opened))
    created = [
        with_number(incident, number) for incident, number in zip(opened, numbers, strict=True)
    ]
    rows = []
    for position, incident in enumerate(created):
        urgency = UNKNOWN_URGENCY if incident.rank is None else incident.rank
        rows.append(
            (
                incident.number,
                incident.group_key,
                incident.route_id,
                incident.receiver,
                dump(dict(incident.group_labels)),
                incident.opened_at,
                incident.due_at,
                incident.state.value,
                incident.rank,
                incident.severity,
                incident.resolved_at,
                dump(to_json(incident)),
                incident.team,
                _hash(incident.group_key),
                titles[position] if titles else _title(incident.group_labels),
                urgencies[position] if urgencies else urgency,
                incident.list_state == SUPPRESSED,
                incident.test,
            )
        )
    tx.write_rows(_CREATE, rows)
    return created


def get(tx: Tx, number: int) -> Incident | None:
    """Return one incident; None if there is no such number."""
    return by_number(tx, [number]).get(number)


def by_number(tx: Tx, numbers: Sequence[int]) -> dict[int, Incident]:
    """Return incidents by number."""
    return {row[0]: from_row(row) for row in tx.rows(_BY_NUMBER, numbers=json_list(numbers))}


def save(tx: Tx, changed: Sequence[Incident]) -> None:
    """Save incidents, except their group and the time of opening."""
    tx.write_rows(
        _SAVE,
        [
            (
                incident.number,
                incident.route_id,
                incident.receiver,
                incident.due_at,
                incident.state.value,
                incident.rank,
                incident.severity,
                incident.resolved_at,
                dump(to_json(incident)),
                incident.team,
                incident.list_state == SUPPRESSED,
            )
            for incident in changed
        ],
    )


def set_titles(tx: Tx, rows: Sequence[tuple[int, str]]) -> None:
    """Set the titles of incidents for lists: rows of number and title."""
    tx.write_rows(_SET_TITLES, rows)


@lru_cache(maxsize=4096)
def _hash(group_key: str) -> str:
    return blake2b(group_key.encode(), digest_size=16).hexdigest()


def _title(group_labels: Mapping[str, Any]) -> str:
    name = group_labels.get("alertname")
    unnamed = {key: group_labels[key] for key in sorted(group_labels) if key != "alertname"}
    if is_test(group_labels):
        del unnamed[TEST_LABEL]
    rest = [f"{key}={value}" for key, value in unnamed.items()]
    text = " ".join([str(name), *rest] if name else rest)
    return f"TEST: {text}" if is_test(group_labels) else text
