"""Store follow-up items of incidents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table, empty, and the counter."""
    op.create_table(
        "follow_ups",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("done_at", sa.Double(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("follow_ups_incident", "follow_ups", ["incident", "id"])
    op.create_index(
        "follow_ups_open",
        "follow_ups",
        ["due_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.execute("INSERT INTO meta (name, value) VALUES ('follow_up', 0)")


def downgrade() -> None:
    """Drop it: the items are lost."""
    op.execute("DELETE FROM meta WHERE name = 'follow_up'")
    op.drop_index("follow_ups_open", "follow_ups")
    op.drop_index("follow_ups_incident", "follow_ups")
    op.drop_table("follow_ups")
