"""Record the episodes of alerts that fire again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table of episodes, empty: earlier firings were overwritten."""
    op.create_table(
        "episodes",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("alert", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("episodes_alert", "episodes", ["alert", "starts_at"], unique=True)
    op.create_index("episodes_ends_at", "episodes", ["ends_at"], unique=False)


def downgrade() -> None:
    """Drop it: only the latest firing of an alert is known again."""
    op.drop_table("episodes")
