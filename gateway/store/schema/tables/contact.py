"""Tables of contact health: unusable targets, and what vendors posted back about them."""

from sqlalchemy import Column, Double, Index, Table, Text

from gateway.store.schema.tables.base import metadata

unusable_contacts = Table(
    "unusable_contacts",
    metadata,
    Column("target_key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", Double, nullable=False),
    sqlite_with_rowid=False,
)

# Events of vendors, by an id that the vendor repeats when it posts an event again.
callbacks = Table(
    "callbacks",
    metadata,
    Column("account", Text, primary_key=True),
    Column("event", Text, primary_key=True),
    Column("received_at", Double, nullable=False),
    Column("outcome", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("callbacks_received_at", callbacks.c.received_at)
