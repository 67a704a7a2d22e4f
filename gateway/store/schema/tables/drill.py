"""Table of drills: their runs."""

from sqlalchemy import Boolean, Column, Double, Identity, Index, Table, Text, false, text

from gateway.store.schema.tables.base import KEY, metadata

drill_runs = Table(
    "drill_runs",
    metadata,
    Column("id", KEY, Identity(), primary_key=True),
    # Its key in routes.yaml.
    Column("drill", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    # The instant of the schedule; null if a person began it.
    Column("slot", Double),
    Column("began_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_at", Double),
    # What to say of it, and its messages: JSON.
    Column("text", Text, nullable=False),
    Column("facts", Text, nullable=False),
    # Whether its incident is over. Until then a replica goes on with it.
    Column("closed", Boolean, nullable=False, server_default=false()),
)
Index("drill_runs_drill", drill_runs.c.drill, drill_runs.c.id)
# No slot has two runs, whichever replicas begin it.
Index(
    "drill_runs_slot",
    drill_runs.c.drill,
    drill_runs.c.slot,
    unique=True,
    sqlite_where=text("slot IS NOT NULL"),
    postgresql_where=text("slot IS NOT NULL"),
)
Index(
    "drill_runs_unfinished",
    drill_runs.c.id,
    sqlite_where=text("closed = 0"),
    postgresql_where=text("NOT closed"),
)
