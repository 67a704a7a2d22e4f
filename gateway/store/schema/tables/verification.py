"""Tables of verifications: their results, and the spans in which no gateway worked."""

from sqlalchemy import Column, Double, Identity, Integer, Table, Text

from gateway.store.schema.tables.base import KEY, metadata

verifications = Table(
    "verifications",
    metadata,
    Column("id", KEY, Identity(), primary_key=True),
    Column("verified_at", Double, nullable=False),
    Column("missing", Integer, nullable=False),
    # Span, counts, what is missing and downtimes: JSON.
    Column("result", Text, nullable=False),
)

downtimes = Table(
    "downtimes",
    metadata,
    Column("started_at", Double, primary_key=True),
    Column("ended_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
