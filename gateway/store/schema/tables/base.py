"""What all tables share: their metadata, their type of key, and the counters."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

metadata = MetaData()

# SQLite makes a column its row id only when the type is spelled INTEGER.
KEY = BigInteger().with_variant(Integer(), "sqlite")

FIRST_INCIDENT = 1001

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counters. Ids are taken from here and not from the database's own sequences.

That is safe because there is one writer at a time. One statement takes ten thousand ids, and a
rollback loses none.
"""

COUNTERS = {
    "incident": FIRST_INCIDENT - 1,
    "notice": 0,
    "facts": 0,
    "inhibit_version": 0,
    "silence_version": 0,
    "alert": 0,
    "rota_change": 0,
    "plan_version": 0,
    "swap": 0,
    "manual_page": 0,
    "follow_up": 0,
    "system_change": 0,
}
