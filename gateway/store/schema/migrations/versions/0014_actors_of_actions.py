"""Store what an actor is, and whether the means of an action proved it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add both columns; earlier actions are those of people whose means proved nothing."""
    op.add_column("acks", sa.Column("kind", sa.Text(), server_default="person", nullable=False))
    op.add_column(
        "acks", sa.Column("verified", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Drop both: only the name and the means of an actor are left."""
    op.drop_column("acks", "verified")
    op.drop_column("acks", "kind")
