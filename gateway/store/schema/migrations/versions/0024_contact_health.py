"""Store which contacts are unusable, and the vendors' events about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add both tables, empty: until an address is refused it counts as usable."""
    op.create_table(
        "unusable_contacts",
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("target_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "callbacks",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "event"),
        sqlite_with_rowid=False,
    )
    op.create_index("callbacks_received_at", "callbacks", ["received_at"], unique=False)


def downgrade() -> None:
    """Drop them: every contact is used again."""
    op.drop_table("callbacks")
    op.drop_table("unusable_contacts")
