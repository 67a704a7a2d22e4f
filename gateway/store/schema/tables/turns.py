"""Table of turns: whose turn it was in each rota when its layers were last edited."""

from sqlalchemy import Column, Table, Text

from gateway.store.schema.tables.base import metadata

rota_turns = Table(
    "rota_turns",
    metadata,
    Column("rota", Text, primary_key=True),
    # JSON, see gateway.core.oncall.turns_json: a removed rota keeps its row and may come back.
    Column("turns", Text, nullable=False),
)
