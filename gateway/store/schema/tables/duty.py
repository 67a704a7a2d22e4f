"""Table of duty records: who was on call in each rota, from one change to the next."""

from sqlalchemy import Boolean, Column, Double, Table, Text

from gateway.store.schema.tables.base import metadata

duty_records = Table(
    "duty_records",
    metadata,
    Column("rota", Text, primary_key=True),
    Column("started_at", Double, primary_key=True),
    # Null for the latest record of a rota. It then has the planned end, null for never.
    Column("ended_at", Double),
    Column("planned_end", Double),
    Column("turn", Text, nullable=False),
    Column("also", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("reconstructed", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
