"""Store whose turn it is in each rota, so that an edit moves nobody's present turn."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table, empty: the first start stores the turns as the file counts them."""
    op.create_table(
        "rota_turns",
        sa.Column("rota", sa.Text(), nullable=False),
        sa.Column("turns", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rota"),
    )


def downgrade() -> None:
    """Drop it: turns count from the start of each layer again."""
    op.drop_table("rota_turns")
