"""Table of published calendar feeds."""

from sqlalchemy import BigInteger, Column, Double, Table, Text

from gateway.store.schema.tables.base import metadata

feeds = Table(
    "feeds",
    metadata,
    # "rota:NAME" or "person:ID". A feed without a row has generation 0 and was never read.
    Column("subject", Text, primary_key=True),
    # Part of the token in the feed's URL: raising it revokes the URLs before.
    Column("generation", BigInteger, nullable=False),
    # When it was raised last, and by whom; 0 and empty if it never was.
    Column("revoked_at", Double, nullable=False),
    Column("revoked_by", Text, nullable=False),
    # Number, time and digest of the last change of each event: JSON, by UID.
    Column("revisions", Text, nullable=False),
    sqlite_with_rowid=False,
)
