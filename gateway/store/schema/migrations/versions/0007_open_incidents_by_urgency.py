"""Index open incidents by urgency, for lists in pages with the most urgent first."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("state != 'resolved'")


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "incidents_by_urgency",
        "incidents",
        ["state", "urgency", "number"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    """Drop the index: the database then sorts all rows of a list."""
    op.drop_index("incidents_by_urgency", "incidents")
