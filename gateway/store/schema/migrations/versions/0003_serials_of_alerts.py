"""Number the alerts, so that new ones are found without reading the old ones."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Number the alerts in the order of their starts."""
    op.add_column(
        "alerts", sa.Column("serial", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.execute(
        "UPDATE alerts SET serial = numbered.place FROM (SELECT identity, row_number()"
        " OVER (ORDER BY starts_at, identity) AS place FROM alerts) AS numbered"
        " WHERE numbered.identity = alerts.identity"
    )
    op.execute(
        "INSERT INTO meta (name, value) SELECT 'alert', coalesce(max(serial), 0) FROM alerts"
    )
    op.drop_index("alerts_ends_at", "alerts")
    op.create_index("alerts_ends_at", "alerts", ["ends_at", "serial"], unique=False)
    op.create_index("alerts_serial", "alerts", ["serial"], unique=True)


def downgrade() -> None:
    """Remove the numbers."""
    op.drop_index("alerts_serial", "alerts")
    op.drop_index("alerts_ends_at", "alerts")
    op.create_index("alerts_ends_at", "alerts", ["ends_at"], unique=False)
    op.execute("DELETE FROM meta WHERE name = 'alert'")
    op.drop_column("alerts", "serial")
