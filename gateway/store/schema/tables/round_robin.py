"""Table of the turns of round robin."""

from sqlalchemy import BigInteger, Column, Table, Text

from gateway.store.schema.tables.base import metadata

round_robin = Table(
    "round_robin",
    metadata,
    # A digest of the escalation's name and of what the step notifies.
    Column("step_hash", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    # Whose number is higher had a turn later.
    Column("turn", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
