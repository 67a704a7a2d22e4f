"""Remember which alerts began, as far as anyone knows, when they were received."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the mark. Alerts that are stored keep the start that they have, as if it was sent."""
    op.add_column(
        "alerts",
        sa.Column("received_start", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_column("alerts", "received_start")
