"""What the fallback must know of a notice that could not be told."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from gateway.core.outbox import Notice
from gateway.store.lines import of_row, selected
from gateway.store.sql import Among, Statement, fixed, keys
from gateway.store.tables import notices
from gateway.store.tx import Tx

_TOLD_SINCE = Statement(
    select(notices.c.target_key).where(
        notices.c.incident == bindparam("number"),
        notices.c.created_at >= bindparam("since"),
        notices.c.state != fixed("cancelled"),
    )
)
_FOLDED_INTO = Statement(
    selected()
    .where(Among(notices.c.incident, "incidents"), notices.c.folded_into == bindparam("digest"))
    .order_by(notices.c.id)
)


def told_since(tx: Tx, incident: int, since: float) -> set[str]:
    """Return the keys of the targets for whom a notice of an incident was made since then."""
    return {row[0] for row in tx.rows(_TOLD_SINCE, number=incident, since=since)}


def folded_into(tx: Tx, digest: int, incidents: Sequence[int]) -> list[Notice]:
    """Return the notices of these incidents that a digest was to tell, oldest first."""
    rows = tx.rows(_FOLDED_INTO, digest=digest, incidents=keys(incidents))
    return [of_row(row) for row in rows]
