"""Store changes of rotas made at run time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table, empty, and the counters."""
    op.create_table(
        "rota_changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rota", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("beside", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("swap", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.Double(), nullable=True),
        sa.Column("voided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("rota_changes_ends_at", "rota_changes", ["ends_at"])
    op.execute("INSERT INTO meta (name, value) VALUES ('rota_change', 0), ('plan_version', 0)")


def downgrade() -> None:
    """Drop it: the file alone says who is on call."""
    op.execute("DELETE FROM meta WHERE name IN ('rota_change', 'plan_version')")
    op.drop_index("rota_changes_ends_at", "rota_changes")
    op.drop_table("rota_changes")
