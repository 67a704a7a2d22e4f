"""Table of heartbeats: what jobs pinged."""

from sqlalchemy import Column, Table, Text

from gateway.store.schema.tables.base import metadata

heartbeats = Table(
    "heartbeats",
    metadata,
    # Its key in routes.yaml. A row without one is deleted after a while.
    Column("name", Text, primary_key=True),
    # Schedule, run in progress, last pings and firing alerts: JSON.
    Column("state", Text, nullable=False),
    # What its job printed last, up to 10 kB. Apart from the state, which each check reads.
    Column("output", Text, nullable=False),
    sqlite_with_rowid=False,
)
