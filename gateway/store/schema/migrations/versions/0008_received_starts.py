"""Store which alerts start at the time of their receipt."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the column. It is false for stored alerts, whose start counts as sent."""
    op.add_column(
        "alerts",
        sa.Column("received_start", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("alerts", "received_start")
