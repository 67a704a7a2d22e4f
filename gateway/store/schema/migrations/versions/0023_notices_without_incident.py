"""Queue notices that belong to no incident by what they are about, and record known shifts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_HAS_SUBJECT = sa.text("subject IS NOT NULL")


def upgrade() -> None:
    """Add the subject, the index of its queues, and the table of announced shifts."""
    op.add_column("notices", sa.Column("subject", sa.Text()))
    op.create_index(
        "notices_subject",
        "notices",
        ["subject", "target_key", "id"],
        unique=False,
        sqlite_where=_HAS_SUBJECT,
        postgresql_where=_HAS_SUBJECT,
    )
    op.create_table(
        "announced_shifts",
        sa.Column("rota", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("checked_at", sa.Double(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("stints", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rota"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them: changed shifts are then announced no more."""
    op.drop_table("announced_shifts")
    op.drop_index("notices_subject", "notices")
    op.drop_column("notices", "subject")
