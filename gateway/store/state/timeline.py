"""Histories: timelines of incidents, acknowledgements, and refused requests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from gateway.core.actor import Actor, ActorKind
from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.store.db.bulk import insert
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import acks, rejects, timeline

MAX_REJECTS = 1000
"""Refused requests that are kept; the table would otherwise grow with each bad request."""

_ADD = insert(timeline, ["incident", "at", "kind", "text", "data"])
_ENTRIES = Statement(
    select(timeline.c.at, timeline.c.kind, timeline.c.text, timeline.c.data)
    .where(timeline.c.incident == bindparam("number"))
    .order_by(timeline.c.id)
)
_ADD_ACKS = insert(acks, ["incident", "action", "person", "at", "via", "kind", "verified"])
ACK_COLUMNS = (
    acks.c.incident,
    acks.c.action,
    acks.c.at,
    acks.c.kind,
    acks.c.person,
    acks.c.via,
    acks.c.verified,
)
_ACKS_BY = Statement(
    select(*ACK_COLUMNS)
    .where(acks.c.person == bindparam("person"), acks.c.at >= bindparam("since"))
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
    """A line of the history of acknowledgements.

    `action` is taken, undone, expired and so on.
    """

    incident: int
    action: str
    at: float
    actor: Actor


@dataclass(frozen=True, slots=True)
class RejectedRequest:
    """A refused request, or a refused part of one. `detail` is stored as JSON."""

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


def add_ack(tx: Tx, incident: int, action: str, actor: Actor, at: float) -> None:
    """Store that somebody acknowledged an incident, undid that, or let it expire."""
    tx.write_rows(
        _ADD_ACKS, [(incident, action, actor.id, at, actor.via, actor.kind.value, actor.verified)]
    )


def acks_by(tx: Tx, person: str, since: float) -> list[AckRecord]:
    """Return a person's acknowledgements since an instant, oldest first."""
    return [ack_from_row(row) for row in tx.rows(_ACKS_BY, person=person, since=since)]


def ack_from_row(row: Row) -> AckRecord:
    """Return the record of a row of ACK_COLUMNS."""
    incident, action, at, kind, person, via, verified = row
    actor = Actor(ActorKind(kind), person, via, verified=bool(verified))
    return AckRecord(incident, action, at, actor)


def add_reject(tx: Tx, request: RejectedRequest) -> None:
    """Store a refused request, and delete all but the newest MAX_REJECTS."""
    row = (
        request.at,
        _storable(request.source),
        request.status,
        _storable(request.error),
        # json and not orjson, because it writes any value, and lone surrogates as escapes.
        json.dumps(request.detail, default=str),
        _storable(request.remote),
        _storable(request.excerpt),
    )
    tx.write_rows(_ADD_REJECT, [row])
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
    """Replace what no database can store: lone surrogates and NUL."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
