"""Remember which incidents vendors' incidents stand for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "vendor_incidents",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("vendor_id", sa.Text, primary_key=True),
        sa.Column("incident", sa.BigInteger, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("vendor_incidents_incident", "vendor_incidents", ["incident"], unique=False)


def downgrade() -> None:
    """Drop the table: the older release takes no events about incidents."""
    op.drop_table("vendor_incidents")
