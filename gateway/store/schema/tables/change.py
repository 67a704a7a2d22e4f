"""Tables of rota changes made at run time, and of swaps."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Table, Text

from gateway.store.schema.tables.base import KEY, metadata

rota_changes = Table(
    "rota_changes",
    metadata,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("rota", Text),  # null: every rota
    Column("person", Text),
    Column("replaces", Text),
    Column("beside", Boolean, nullable=False),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("swap", BigInteger),
    # Null until the change is void. Void changes are kept: they say what was undone, and by whom.
    Column("void_reason", Text),
    Column("voided_at", Double),
    Column("voided_by", Text),
)
Index("rota_changes_ends_at", rota_changes.c.ends_at)

swaps = Table(
    "swaps",
    metadata,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("rota", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("gives_from", Double, nullable=False),
    Column("gives_to", Double, nullable=False),
    Column("takes_from", Double),
    Column("takes_to", Double),
    Column("actor", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("state", Text, nullable=False),
    # Null until somebody answers; `answer` is the reason of a void swap.
    Column("answered_by", Text),
    Column("answered_at", Double),
    Column("answer", Text),
)
