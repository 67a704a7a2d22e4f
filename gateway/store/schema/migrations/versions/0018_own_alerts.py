"""Find the gateway's own firing alerts without reading others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OWN = sa.text("source = 'gateway' AND ends_at IS NULL")


def upgrade() -> None:
    """Add an index of own alerts without an end."""
    op.create_index(
        "alerts_own",
        "alerts",
        ["identity"],
        unique=False,
        sqlite_where=_OWN,
        postgresql_where=_OWN,
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("alerts_own", "alerts")
