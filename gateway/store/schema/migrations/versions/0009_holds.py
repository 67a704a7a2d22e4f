"""Store which targets and accounts are on hold."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table of holds."""
    op.create_table(
        "holds",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("held_until", sa.Double(), nullable=False),
        sa.Column("tried_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "scope"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: the next refusal of a vendor begins a hold again."""
    op.drop_table("holds")
