"""Calendars that rotas and holidays read: the last good copy of each, and how reading it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update

from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import calendars

_COLUMNS = (
    "key",
    "content",
    "etag",
    "last_modified",
    "events",
    "known_from",
    "known_until",
    "version",
    "read_at",
    "error",
    "failing_since",
    "lost_since",
    "confirmed",
    "next_at",
)
_SELECTED = [calendars.c[name] for name in _COLUMNS]
_READ = Statement(select(*_SELECTED).where(InList(calendars.c.key, "keys")))
_NEXT = Statement(
    select(calendars.c.key, calendars.c.next_at).where(InList(calendars.c.key, "keys"))
)
_VERSIONS = Statement(
    select(calendars.c.key, calendars.c.version).where(calendars.c.read_at > bindparam("never"))
)
_SAVE = insert(calendars, _COLUMNS, key=["key"], change=overwrite(_COLUMNS[1:]))
_ADD = insert(calendars, _COLUMNS, key=["key"], change={"version": "old.version"})
_CLAIM = Statement(
    update(calendars)
    .where(calendars.c.key == bindparam("one"), calendars.c.next_at <= bindparam("now"))
    .values(next_at=bindparam("until"))
)
_CONFIRM = Statement(
    update(calendars)
    .where(calendars.c.key == bindparam("one"), calendars.c.lost_since.is_not(None))
    .values(confirmed=True, next_at=0.0)
)
_DELETE = Statement(delete(calendars).where(calendars.c.next_at < bindparam("before")))


@dataclass(frozen=True, slots=True)
class StoredCalendar:
    """A calendar as it is stored; see the table for each field. Instants are unix seconds."""

    key: str
    content: str = ""
    etag: str = ""
    last_modified: str = ""
    events: str = ""
    known_from: float = 0.0
    known_until: float = 0.0
    version: int = 0
    read_at: float = 0.0
    error: str = ""
    failing_since: float | None = None
    lost_since: float | None = None
    confirmed: bool = False
    next_at: float = 0.0


def read(tx: Tx, keys: Sequence[str]) -> dict[str, StoredCalendar]:
    """Return those of the calendars that are stored, by key."""
    stored = map(_calendar, tx.rows(_READ, keys=json_list(keys)))
    return {one.key: one for one in stored}


def versions(tx: Tx) -> dict[str, int]:
    """Return the version of each calendar that was ever read well."""
    return dict(tx.rows(_VERSIONS, never=0.0))


def next_readings(tx: Tx, keys: Sequence[str]) -> dict[str, float]:
    """Return when those of the calendars that are stored are read next."""
    return dict(tx.rows(_NEXT, keys=json_list(keys)))


def claim(tx: Tx, keys: Sequence[str], now: float, until: float) -> list[StoredCalendar]:
    """Take those of the calendars that are due, for this replica alone until an instant."""
    new = [_row(StoredCalendar(key)) for key in keys]
    tx.write_rows(_ADD, new)
    claimed = [key for key in keys if tx.run(_CLAIM, one=key, now=now, until=until)]
    return list(read(tx, claimed).values())


def save(tx: Tx, calendar: StoredCalendar) -> None:
    """Store a calendar."""
    tx.write_rows(_SAVE, [_row(calendar)])


def confirm(tx: Tx, key: str) -> bool:
    """Believe what a calendar has lost at its next reading, now. False if it lost nothing."""
    return tx.run(_CONFIRM, one=key) > 0


def prune(tx: Tx, before: float) -> None:
    """Delete calendars that no replica has read since an instant."""
    tx.run(_DELETE, before=before)


def _calendar(row: Row) -> StoredCalendar:
    values = dict(zip(_COLUMNS, row, strict=True))
    return StoredCalendar(**{**values, "confirmed": bool(values["confirmed"])})


def _row(calendar: StoredCalendar) -> tuple[object, ...]:
    return tuple(getattr(calendar, name) for name in _COLUMNS)
