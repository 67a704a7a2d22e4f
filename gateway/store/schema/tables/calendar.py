"""Table of the calendars that rotas and holidays read: their last good copies."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Table, Text

from gateway.store.schema.tables.base import metadata

calendars = Table(
    "calendars",
    metadata,
    # A digest of the URL or path, the zone and the use, because URLs are secrets.
    Column("key", Text, primary_key=True),
    # The last good copy as it was read: compressed and in base64, empty before the first.
    Column("content", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    # The events of the copy in the span from known_from to known_until, and their problems: JSON.
    Column("events", Text, nullable=False),
    Column("known_from", Double, nullable=False),
    Column("known_until", Double, nullable=False),
    # It rises when other events are stored, so that replicas read them.
    Column("version", BigInteger, nullable=False),
    # The last time that it was read well; 0 if it never was.
    Column("read_at", Double, nullable=False),
    # Why it cannot be read, and since when; empty and null while it can.
    Column("error", Text, nullable=False),
    Column("failing_since", Double),
    # Since when its server shows it without most of its events; null while that is not so.
    Column("lost_since", Double),
    # Whether an admin has confirmed that it lost its events on purpose.
    Column("confirmed", Boolean, nullable=False),
    # When it is read next, by the replica that takes it first.
    Column("next_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
