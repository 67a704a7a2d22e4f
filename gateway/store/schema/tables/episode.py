"""Table of alert episodes: the firings of an alert before its latest one."""

from sqlalchemy import BigInteger, Column, Double, Identity, Index, Table, Text

from gateway.store.schema.tables.base import KEY, metadata

# The latest episode is in `alerts`. A row is written when the alert fires again, so that a new
# alert costs nothing more.
episodes = Table(
    "episodes",
    metadata,
    Column("id", KEY, Identity(), primary_key=True),
    Column("alert", BigInteger, nullable=False),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("source", Text, nullable=False),
)
Index("episodes_alert", episodes.c.alert, episodes.c.starts_at, unique=True)
Index("episodes_ends_at", episodes.c.ends_at)
