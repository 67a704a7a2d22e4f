"""Store which incidents are tests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("state != 'resolved'")
_FIRST, _LAST = ("severity", "state", "suppressed", "team"), ("rank", "opened_at")


def upgrade() -> None:
    """Add the column and index by it. Incidents that exist are no tests."""
    op.add_column(
        "incidents", sa.Column("test", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _replace_index(*_FIRST, "test", *_LAST)


def downgrade() -> None:
    """Drop it."""
    _replace_index(*_FIRST, *_LAST)
    op.drop_column("incidents", "test")


def _replace_index(*columns: str) -> None:
    op.drop_index("incidents_standing", "incidents")
    op.create_index(
        "incidents_standing",
        "incidents",
        list(columns),
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
