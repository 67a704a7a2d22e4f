"""Record who was on call."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table of duty records, empty: recording begins with this release."""
    op.create_table(
        "duty_records",
        sa.Column("rota", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("planned_end", sa.Double(), nullable=True),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("also", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reconstructed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("rota", "started_at"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: the past is calculated from routes.yaml again."""
    op.drop_table("duty_records")
