"""Tables of what comes in: alerts, refused requests and silences."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    false,
    text,
)

from gateway.store.schema.tables.base import KEY, metadata

alerts = Table(
    "alerts",
    metadata,
    # Short and rising, so rows that refer to an alert are written beside the last ones. References
    # by identity would be written anywhere (a new alert takes a third less time so, on SQLite).
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double),
    Column("updated_at", Double, nullable=False),
    Column("timeout", Boolean, nullable=False),
    Column("inhibits", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("generator_url", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("annotations", Text, nullable=False),
    # A new number for each new firing of a label set, kept while it fires. Readers that know the
    # alerts up to a serial find newer firings above it (see gateway.store.queries.active_alerts).
    Column("serial", BigInteger, nullable=False, server_default=text("0")),
    # Whether `starts_at` is the time of receipt, because the report had no start of its own.
    Column("received_start", Boolean, nullable=False, server_default=false()),
)
Index(
    "alerts_inhibiting",
    alerts.c.identity,
    sqlite_where=text("inhibits = 1"),
    postgresql_where=text("inhibits"),
)
Index("alerts_identity", alerts.c.identity, unique=True)
Index("alerts_ends_at", alerts.c.ends_at, alerts.c.serial)
Index("alerts_serial", alerts.c.serial, unique=True)
# The gateway's own alerts that fire: very few, read every ten seconds.
_OWN = text("source = 'gateway' AND ends_at IS NULL")
Index("alerts_own", alerts.c.identity, sqlite_where=_OWN, postgresql_where=_OWN)

rejects = Table(
    "rejects",
    metadata,
    Column("id", KEY, Identity(), primary_key=True),
    Column("at", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("remote", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("gone_for", Double),
    Column("created_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("matchers", Text, nullable=False),
    Column("annotations", Text, nullable=False),
)
Index("silences_ends_at", silences.c.ends_at)
