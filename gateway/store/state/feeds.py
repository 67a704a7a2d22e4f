"""Published calendar feeds: the generation of each URL, and the changes of its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import bindparam, select

from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.session import Row
from gateway.store.db.statement import Statement, dump, load
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import feeds

_COLUMNS = ("subject", "generation", "revoked_at", "revoked_by", "revisions")
_GET = Statement(
    select(*(feeds.c[name] for name in _COLUMNS)).where(feeds.c.subject == bindparam("one"))
)
_ALL = Statement(select(*(feeds.c[name] for name in _COLUMNS[:-1])))
_SAVE_REVISIONS = insert(feeds, _COLUMNS, key=["subject"], change=overwrite(["revisions"]))
_REVOKE = insert(
    feeds,
    _COLUMNS,
    key=["subject"],
    change={"generation": "old.generation + 1", **overwrite(["revoked_at", "revoked_by"])},
)


class Revision(NamedTuple):
    """The last change of an event: its number, its time (unix seconds), and what it changed to.

    An empty digest is an event that is no longer in the feed.
    """

    sequence: int
    changed_at: int
    digest: str


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """What is stored of a feed. `revisions` are by UID, and empty where only the URL is read."""

    generation: int = 0
    revoked_at: float = 0.0
    revoked_by: str = ""
    revisions: Mapping[str, Revision] = field(default_factory=dict)


def get(tx: Tx, subject: str) -> StoredFeed:
    """Return one feed; generation 0 if nothing is stored of it."""
    row = tx.row(_GET, one=subject)
    if row is None:
        return StoredFeed()
    revisions = {uid: Revision(*values) for uid, values in load(row[-1]).items()}
    return _feed(row, revisions)


def read_all(tx: Tx) -> dict[str, StoredFeed]:
    """Return all stored feeds by subject, without the changes of their events."""
    return {row[0]: _feed(row, {}) for row in tx.rows(_ALL)}


def save_revisions(tx: Tx, subject: str, revisions: Mapping[str, Revision]) -> None:
    """Replace the changes of a feed's events."""
    values = {uid: tuple(one) for uid, one in revisions.items()}
    tx.write_rows(_SAVE_REVISIONS, [(subject, 0, 0.0, "", dump(values))])


def revoke(tx: Tx, subject: str, now: float, by: str) -> StoredFeed:
    """Raise the generation of a feed, so that no URL made before is valid; return the feed."""
    tx.write_rows(_REVOKE, [(subject, 1, now, by, "{}")])
    return get(tx, subject)


def _feed(row: Row, revisions: Mapping[str, Revision]) -> StoredFeed:
    _, generation, revoked_at, revoked_by, *_ = row
    return StoredFeed(generation, revoked_at, revoked_by, revisions)
