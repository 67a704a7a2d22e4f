"""Table of follow-up items."""

from sqlalchemy import BigInteger, Column, Double, Index, Table, Text, text

from gateway.store.schema.tables.base import KEY, metadata

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("incident", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", Double),
    Column("created_at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("done_at", Double),
    Column("done_by", Text),
)
Index("follow_ups_incident", follow_ups.c.incident, follow_ups.c.id)
_OPEN = text("done_at IS NULL")
Index("follow_ups_open", follow_ups.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
