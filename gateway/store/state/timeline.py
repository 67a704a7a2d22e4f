"""What happened: timelines of incidents, acknowledgements, and requests that were refused."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.store.db.bulk import insert
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import acks, rejects, timeline

MAX_REJECTS = 1000

_ADD = insert(timeline, ["incident", "at", "kind", "text", "data"])
_ENTRIES = Statement(
    select(timeline.c.at, timeline.c.kind, timeline.c.text, timeline.c.data)
    .where(timeline.c.incident == bindparam("number"))
    .order_by(timeline.c.id)
)
_ADD_ACKS = insert(acks, ["incident", "action", "person", "at", "via"])
_ACKS_OF = Statement(
    select(acks.c.incident, acks.c.action, acks.c.person, acks.c.at, acks.c.via)
    .where(acks.c.incident == bindparam("number"))
    .order_by(acks.c.id)
)
_ADD_REJECT = insert(rejects, ["at", "source", "status", "error", "detail", "remote", "excerpt"])
_PRUNE_REJECTS = Statement(
    delete(rejects).where(
        rejects.c.id <= select(func.max(rejects.c.id) - MAX_REJECTS).scalar_subquery()
    )
)
_REJECTED_REQUESTS = Statement(
    select(
        rejects.c.at,
        rejects.c.source,
        rejects.c.status,
        rejects.c.error,
        rejects.c.detail,
        rejects.c.remote,
        rejects.c.excerpt,
    )
    .order_by(rejects.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class AckRecord:
    """One line of the history of acknowledgements. `action` is what was done: taken, undone …"""

    incident: int
    action: str
    person: str
    at: float
    via: str


@dataclass(frozen=True, slots=True)
class RejectedRequest:
    """A request that was refused, or a part of one."""

    at: float
    source: str
    status: int
    error: str
    detail: Any
    remote: str
    excerpt: str


def add(tx: Tx, rows: Sequence[tuple[int, TimelineEntry]]) -> None:
    """Write lines into the timelines of incidents."""
    tx.write_rows(
        _ADD,
        [(number, entry.at, entry.kind, entry.text, dump(entry.data)) for number, entry in rows],
    )


def entries(tx: Tx, incident: int) -> list[TimelineEntry]:
    """Return the timeline of an incident, oldest first."""
    rows = tx.rows(_ENTRIES, number=incident)
    return [
        TimelineEntry(at, TimelineKind(kind), text, load(data)) for at, kind, text, data in rows
    ]


def add_ack(tx: Tx, incident: int, action: str, person: str, at: float, via: str) -> None:
    """Remember who took an incident, gave it back, or let it expire."""
    tx.write_rows(_ADD_ACKS, [(incident, action, person, at, via)])


def acks_of(tx: Tx, incident: int) -> list[AckRecord]:
    """Return the history of an incident's acknowledgements, oldest first."""
    return [AckRecord(*row) for row in tx.rows(_ACKS_OF, number=incident)]


def add_reject(
    tx: Tx,
    now: float,
    source: str,
    status: int,
    error: str,
    detail: object,
    remote: str,
    excerpt: str,
) -> None:
    """Remember a refused request; the oldest beyond a thousand are forgotten."""
    # json and not orjson: it writes whatever it is given, lone surrogates as escapes.
    tx.write_rows(
        _ADD_REJECT,
        [
            (
                now,
                _storable(source),
                status,
                _storable(error),
                json.dumps(detail, default=str),
                _storable(remote),
                _storable(excerpt),
            )
        ],
    )
    tx.run(_PRUNE_REJECTS)


def rejected_requests(tx: Tx, limit: int) -> list[RejectedRequest]:
    """Return refused requests, the newest first."""
    return [
        RejectedRequest(at, source, status, error, json.loads(detail), remote, excerpt)
        for at, source, status, error, detail, remote, excerpt in tx.rows(
            _REJECTED_REQUESTS, most=limit
        )
    ]


def _storable(text: str) -> str:
    """What was refused may hold what no database takes: lone surrogates, NUL."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
