"""Table of vendors' incidents: by which ids vendors know the gateway's."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from gateway.store.schema.tables.base import metadata

# One incident of a vendor may stand for several of the gateway's: it groups and merges alerts.
vendor_incidents = Table(
    "vendor_incidents",
    metadata,
    Column("account", Text, primary_key=True),
    Column("vendor_id", Text, primary_key=True),
    Column("incident", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
Index("vendor_incidents_incident", vendor_incidents.c.incident)
