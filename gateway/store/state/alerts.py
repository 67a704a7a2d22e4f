"""What sources reported: one row for each label set."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, literal_column, or_, select

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import Labels
from gateway.store.db.bulk import insert, overwrite, update
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import alerts
from gateway.store.state import counters

COLUMNS = (
    "identity",
    "labels",
    "annotations",
    "starts_at",
    "ends_at",
    "generator_url",
    "source",
    "updated_at",
    "timeout",
    "received_start",
)
SELECTED = [alerts.c[name] for name in COLUMNS]
_ACTIVE = or_(alerts.c.ends_at.is_(None), alerts.c.ends_at > bindparam("now"))

_BY_IDENTITY = Statement(select(*SELECTED).where(InList(alerts.c.identity, "identities")))
_IDS = Statement(
    select(alerts.c.identity, alerts.c.id).where(InList(alerts.c.identity, "identities"))
)
_SAVE = insert(
    alerts,
    [*COLUMNS, "inhibits", "serial", "id"],
    key=["identity"],
    change=overwrite([*COLUMNS[1:], "inhibits"])
    # Whoever counted only what burns learns of an alert that burns again.
    | {"serial": "CASE WHEN old.ends_at <= new.updated_at THEN new.serial ELSE old.serial END"},
)
_EXTEND_ENDS = update(
    alerts,
    ["identity"],
    ["ends_at", "updated_at"],
    {
        "ends_at": "CASE WHEN old.ends_at > new.updated_at THEN new.ends_at ELSE old.ends_at END",
        "updated_at": "CASE WHEN old.ends_at > new.updated_at"
        " THEN new.updated_at ELSE old.updated_at END",
    },
)
_SET_INHIBITS = update(alerts, ["identity"], ["inhibits"], overwrite(["inhibits"]))
# An expression, which the index on ends_at cannot answer: the one on inhibits is the shorter way.
_NOT_ENDED = func.coalesce(alerts.c.ends_at, literal_column("1e300")) > bindparam("now")
_INHIBIT_SOURCES = Statement(
    select(alerts.c.identity, alerts.c.labels, alerts.c.ends_at, alerts.c.updated_at).where(
        alerts.c.inhibits, _NOT_ENDED
    )
)
_WITHOUT_END = Statement(
    select(*SELECTED).where(alerts.c.ends_at.is_(None), alerts.c.source == bindparam("source"))
)
_ACTIVE_PAGE = Statement(
    select(*SELECTED)
    .where(alerts.c.identity > bindparam("after"), _ACTIVE)
    .order_by(alerts.c.identity)
    .limit(bindparam("many"))
)
_ACTIVE_BY_SERIAL = Statement(
    select(*SELECTED).where(InList(alerts.c.serial, "serials"), _ACTIVE).order_by(alerts.c.serial)
)


def from_row(row: Row) -> Alert:
    """Make an alert of a row of `SELECTED`."""
    return Alert(
        row[0],
        load(row[1]),
        load(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        bool(row[8]),
        bool(row[9]),
    )


def by_identity(tx: Tx, identities: Sequence[str]) -> dict[str, Alert]:
    """Return those of the alerts that were ever reported (and not yet pruned)."""
    rows = tx.rows(_BY_IDENTITY, identities=json_list(identities))
    return {row[0]: from_row(row) for row in rows}


def ids(tx: Tx, identities: Collection[str]) -> dict[str, int]:
    """Return the ids of stored alerts."""
    return dict(tx.rows(_IDS, identities=json_list(identities)))


def save(tx: Tx, reported: Sequence[Alert], inhibits: Sequence[bool]) -> Sequence[int]:
    """Save alerts, new or known; `inhibits` says of each whether it may inhibit others.

    Returns an id for each, which it has if it is new.

    New ones, and those that had ended, get a serial higher than all before. The first of its
    serials stays an alert's id.
    """
    if not reported:
        return ()
    serials = counters.take(tx, "alert", len(reported))
    tx.write_rows(
        _SAVE,
        [
            (
                alert.identity,
                dump(alert.labels),
                dump(alert.annotations),
                alert.starts_at,
                alert.ends_at,
                alert.generator_url,
                alert.source,
                alert.updated_at,
                alert.timeout,
                alert.received_start,
                inhibiting,
                serial,
                serial,
            )
            for alert, inhibiting, serial in zip(reported, inhibits, serials, strict=True)
        ],
    )
    return serials


def extend_ends(tx: Tx, ends: Sequence[tuple[str, float | None, float]]) -> None:
    """Move the ends of alerts that still burn at updated_at: rows of identity, ends_at, updated_at.

    What ended stays so: the end may have been reported after these extensions were gathered, or
    to another replica. An alert that burned again with nobody noticing would page nobody.
    """
    tx.write_rows(_EXTEND_ENDS, ends)


def inhibit_version(tx: Tx) -> int:
    """Return a number that changes whenever the set of inhibiting alerts may have changed."""
    return counters.read(tx, "inhibit_version")


def bump_inhibit_version(tx: Tx) -> int:
    """Say that the set of inhibiting alerts changed; return the new version."""
    return counters.take(tx, "inhibit_version", 1)[0]


def inhibit_sources(tx: Tx, now: float) -> list[tuple[str, Labels, float | None, float]]:
    """Return identity, labels, end and last report of the alerts that may inhibit others and burn
    at `now`."""
    rows = tx.rows(_INHIBIT_SOURCES, now=now)
    return [(row[0], load(row[1]), row[2], row[3]) for row in rows]


def active_page(tx: Tx, now: float, after: str, limit: int) -> list[Alert]:
    """Return alerts that burn at `now` in order of identity, those after `after` ("" to begin)."""
    return [from_row(row) for row in tx.rows(_ACTIVE_PAGE, now=now, after=after, many=limit)]


def active_by_serial(tx: Tx, now: float, serials: Sequence[int]) -> list[Alert]:
    """Return those of the alerts with these serials that burn at `now`, in the serials' order."""
    return [
        from_row(row) for row in tx.rows(_ACTIVE_BY_SERIAL, now=now, serials=json_list(serials))
    ]


def without_end(tx: Tx, source: str) -> list[Alert]:
    """Return alerts that a source reported last, and without an end. Looks at all without one."""
    return [from_row(row) for row in tx.rows(_WITHOUT_END, source=source)]


def set_inhibits(tx: Tx, rows: Sequence[tuple[str, bool]]) -> None:
    """Say anew which alerts may inhibit others: rows of identity and flag."""
    tx.write_rows(_SET_INHIBITS, rows)
