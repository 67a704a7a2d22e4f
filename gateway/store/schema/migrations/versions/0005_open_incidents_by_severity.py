"""Count open incidents without reading them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("state != 'resolved'")


def upgrade() -> None:
    """Add an index with all columns that the metrics need."""
    op.create_index(
        "incidents_standing",
        "incidents",
        ["severity", "state", "rank", "opened_at"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("incidents_standing", "incidents")
