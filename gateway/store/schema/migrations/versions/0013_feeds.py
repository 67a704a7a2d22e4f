"""Store the published calendar feeds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table of feeds, empty: all have generation 0."""
    op.create_table(
        "feeds",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.Double(), nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("revisions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: URLs that were revoked are valid again."""
    op.drop_table("feeds")
