"""Table of checked links: what the last check of each found."""

from sqlalchemy import BigInteger, Column, Double, Table, Text

from gateway.store.schema.tables.base import metadata

link_checks = Table(
    "link_checks",
    metadata,
    # A digest of the URL: PostgreSQL refuses long texts as keys.
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("positions", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("checked_at", Double, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("failed_since", Double),
    sqlite_with_rowid=False,
)
