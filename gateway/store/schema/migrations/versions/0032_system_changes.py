"""Store changes of the watched systems, such as deployments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table, empty, and the counter."""
    op.create_table(
        "system_changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("incidents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("system_changes_at", "system_changes", ["at"])
    op.create_index(
        "system_changes_key",
        "system_changes",
        ["key"],
        unique=True,
        sqlite_where=sa.text("key IS NOT NULL"),
        postgresql_where=sa.text("key IS NOT NULL"),
    )
    op.execute("INSERT INTO meta (name, value) VALUES ('system_change', 0)")


def downgrade() -> None:
    """Drop it: the changes are lost."""
    op.execute("DELETE FROM meta WHERE name = 'system_change'")
    op.drop_index("system_changes_key", "system_changes")
    op.drop_index("system_changes_at", "system_changes")
    op.drop_table("system_changes")
