"""Know which targets were notified of an incident's end and of nothing since."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the column. Ends of before are unknown: one may be repeated after a reopening."""
    op.add_column(
        "recipients",
        sa.Column("end_notified", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("recipients", "end_notified")
