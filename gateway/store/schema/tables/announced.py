"""Table of announced shifts: what people know of the next weeks of each rota."""

from sqlalchemy import Column, Double, Table, Text

from gateway.store.schema.tables.base import metadata

announced_shifts = Table(
    "announced_shifts",
    metadata,
    Column("rota", Text, primary_key=True),
    Column("until", Double, nullable=False),
    Column("checked_at", Double, nullable=False),
    Column("digest", Text, nullable=False),
    Column("stints", Text, nullable=False),
    sqlite_with_rowid=False,
)
