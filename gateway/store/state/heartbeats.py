"""Heartbeats: the state of each one, and what its job printed last."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from gateway.core.heartbeats.state import HeartbeatState, state_from_json
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import heartbeats
from gateway.store.state import counters

LISTENING = "heartbeats_listening"
"""Name of the instant at which a gateway last took pings, in whole Unix seconds."""

_COLUMNS = ("name", "state", "output")
_GET = Statement(
    select(heartbeats.c.state, heartbeats.c.output).where(heartbeats.c.name == bindparam("one"))
)
_ALL = Statement(select(heartbeats.c.name, heartbeats.c.state).order_by(heartbeats.c.name))
_OUTPUTS = Statement(select(heartbeats.c.name, heartbeats.c.output))
_SAVE = insert(heartbeats, _COLUMNS, key=["name"], change=overwrite(["state", "output"]))
_DELETE = Statement(delete(heartbeats).where(heartbeats.c.name == bindparam("one")))


class StoredHeartbeat(NamedTuple):
    """The state of a heartbeat, and the last output of its job."""

    state: HeartbeatState
    output: str


def get(tx: Tx, name: str) -> StoredHeartbeat | None:
    """Return what is stored of a heartbeat; None if it was never checked."""
    row = tx.row(_GET, one=name)
    return None if row is None else StoredHeartbeat(state_from_json(load(row[0])), row[1])


def read_all(tx: Tx) -> dict[str, HeartbeatState]:
    """Return the states of all heartbeats by name, also of those that were removed."""
    return {name: state_from_json(load(state)) for name, state in tx.rows(_ALL)}


def read_outputs(tx: Tx) -> dict[str, str]:
    """Return what each job printed last, by name."""
    return dict(tx.rows(_OUTPUTS))


def save(tx: Tx, by_name: Mapping[str, StoredHeartbeat]) -> None:
    """Store heartbeats."""
    rows = [(name, dump(one.state.to_json()), one.output) for name, one in by_name.items()]
    if rows:
        tx.write_rows(_SAVE, rows)


def remove(tx: Tx, names: Iterable[str]) -> None:
    """Delete heartbeats."""
    for name in names:
        tx.run(_DELETE, one=name)


def last_listening(tx: Tx) -> float | None:
    """Return when a gateway last took pings (Unix seconds), None if none ever did."""
    return counters.find(tx, LISTENING)


def save_listening(tx: Tx, now: float) -> None:
    """Store that a gateway takes pings now."""
    counters.save(tx, LISTENING, int(now))
