"""Silences."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create their table, and the counter of their changes."""
    op.create_table(
        "silences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("gone_for", sa.Double(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("matchers", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("silences_ends_at", "silences", ["ends_at"], unique=False)
    op.bulk_insert(
        sa.table("meta", sa.column("name", sa.Text), sa.column("value", sa.BigInteger)),
        [{"name": "silence_version", "value": 0}],
    )


def downgrade() -> None:
    """Refuse: a program without silences would notify in spite of them."""
    raise RuntimeError("silences cannot be given up by a downgrade: restore a backup instead")
