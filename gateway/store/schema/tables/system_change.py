"""Table of changes of the watched systems."""

from sqlalchemy import BigInteger, Column, Double, Index, Table, Text, text

from gateway.store.schema.tables.base import KEY, metadata

system_changes = Table(
    "system_changes",
    metadata,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text, nullable=False),
    # JSON.
    Column("labels", Text, nullable=False),
    Column("status", Text, nullable=False),
    # The source and its id of the change; null where each report is another one.
    Column("key", Text, nullable=True),
    Column("created_at", Double, nullable=False),
    # Who reported it: JSON.
    Column("actor", Text, nullable=False),
    # How many incidents began after it, and after no later change.
    Column("incidents", BigInteger, nullable=False),
)
Index("system_changes_at", system_changes.c.at)
Index(
    "system_changes_key",
    system_changes.c.key,
    unique=True,
    sqlite_where=text("key IS NOT NULL"),
    postgresql_where=text("key IS NOT NULL"),
)
