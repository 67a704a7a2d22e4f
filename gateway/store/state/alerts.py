"""Reported alerts: one row for each label set."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, literal_column, or_, select

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import Labels
from gateway.core.alerts.own_alerts import CONDITIONS, SOURCE
from gateway.store.db.bulk import insert, overwrite, update
from gateway.store.db.session import Row
from gateway.store.db.statement import InList, Statement, dump, json_list, literal, load
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
    # A new serial for an alert that fires again, for readers that know only the firing ones.
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
# An expression, so that SQLite does not use the index on ends_at: that on inhibits reads less.
_NOT_ENDED = func.coalesce(alerts.c.ends_at, literal_column("1e300")) > bindparam("now")
_INHIBIT_SOURCES = Statement(
    select(alerts.c.identity, alerts.c.labels, alerts.c.ends_at, alerts.c.updated_at).where(
        alerts.c.inhibits, _NOT_ENDED
    )
)
_WITHOUT_END = Statement(
    select(*SELECTED).where(alerts.c.ends_at.is_(None), alerts.c.source == bindparam("source"))
)
_OWN_WITHOUT_END = Statement(
    select(*SELECTED).where(alerts.c.ends_at.is_(None), alerts.c.source == literal(SOURCE))
)
_FIRING_OF = Statement(select(*SELECTED).where(_ACTIVE, alerts.c.source == bindparam("of_source")))
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
    """Return those of the alerts that are stored, by identity."""
    rows = tx.rows(_BY_IDENTITY, identities=json_list(identities))
    return {row[0]: from_row(row) for row in rows}


def ids(tx: Tx, identities: Collection[str]) -> dict[str, int]:
    """Return the ids of stored alerts by identity."""
    return dict(tx.rows(_IDS, identities=json_list(identities)))


def save(tx: Tx, reported: Sequence[Alert], inhibits: Sequence[bool]) -> Sequence[int]:
    """Save alerts, new or known; `inhibits` is whether each may inhibit others.

    New ones, and those that had ended, get a serial above all others. The first serial of an alert
    is its id. Return an id for each of the alerts, which is valid for new ones only.
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
    """Move the ends of alerts that still fire: rows of identity, ends_at, updated_at.

    An alert that had ended by `updated_at` is left as it is. Its end may have been reported after
    these rows were collected, or to another replica. If it fired again unnoticed, nobody would be
    paged.
    """
    tx.write_rows(_EXTEND_ENDS, ends)


def inhibit_version(tx: Tx) -> int:
    """Return a number that changes with the set of inhibiting alerts."""
    return counters.read(tx, "inhibit_version")


def bump_inhibit_version(tx: Tx) -> int:
    """Store that the set of inhibiting alerts changed; return its new version."""
    return counters.take(tx, "inhibit_version", 1)[0]


def inhibit_sources(tx: Tx, now: float) -> list[tuple[str, Labels, float | None, float]]:
    """Return the alerts that may inhibit others and fire at `now`.

    Rows of identity, labels, end and last report.
    """
    rows = tx.rows(_INHIBIT_SOURCES, now=now)
    return [(row[0], load(row[1]), row[2], row[3]) for row in rows]


def active_page(tx: Tx, now: float, after: str, limit: int) -> list[Alert]:
    """Return alerts that fire at `now`, in order of identity.

    Those after `after`, which is "" to begin.
    """
    return [from_row(row) for row in tx.rows(_ACTIVE_PAGE, now=now, after=after, many=limit)]


def active_by_serial(tx: Tx, now: float, serials: Sequence[int]) -> list[Alert]:
    """Return those of the alerts with these serials that fire at `now`, by serial."""
    return [
        from_row(row) for row in tx.rows(_ACTIVE_BY_SERIAL, now=now, serials=json_list(serials))
    ]


def without_end(tx: Tx, source: str) -> list[Alert]:
    """Return alerts without an end that this source reported last.

    Reads all without an end.
    """
    return [from_row(row) for row in tx.rows(_WITHOUT_END, source=source)]


def firing_of(tx: Tx, source: str, now: float) -> list[Alert]:
    """Return the alerts that this source reported last and that fire. Reads all that fire."""
    return [from_row(row) for row in tx.rows(_FIRING_OF, of_source=source, now=now)]


def own_without_end(tx: Tx) -> list[Alert]:
    """Return the alerts of the gateway's own conditions that fire. Reads only own alerts."""
    own = [from_row(row) for row in tx.rows(_OWN_WITHOUT_END)]
    return [alert for alert in own if alert.labels.get("alertname") in CONDITIONS]


def set_inhibits(tx: Tx, rows: Sequence[tuple[str, bool]]) -> None:
    """Update whether alerts may inhibit others: rows of identity and flag."""
    tx.write_rows(_SET_INHIBITS, rows)
