"""Store swaps of shifts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table, empty, and its counter."""
    op.create_table(
        "swaps",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("rota", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("gives_from", sa.Double(), nullable=False),
        sa.Column("gives_to", sa.Double(), nullable=False),
        sa.Column("takes_from", sa.Double(), nullable=True),
        sa.Column("takes_to", sa.Double(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.Double(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO meta (name, value) VALUES ('swap', 0)")


def downgrade() -> None:
    """Drop it: accepted swaps stay as the changes that they made."""
    op.execute("DELETE FROM meta WHERE name = 'swap'")
    op.drop_table("swaps")
