"""Store the team of each incident."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("state != 'resolved'")
_IN_A_TEAM = sa.text("team != ''")
_FIRST, _LAST = ("severity", "state", "suppressed"), ("rank", "opened_at")


def upgrade() -> None:
    """Add the column and index by it. Incidents that exist have no team."""
    op.add_column(
        "incidents", sa.Column("team", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.create_index(
        "incidents_team",
        "incidents",
        ["team", "number"],
        unique=False,
        sqlite_where=_IN_A_TEAM,
        postgresql_where=_IN_A_TEAM,
    )
    _replace_index(*_FIRST, "team", *_LAST)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("incidents_team", "incidents")
    _replace_index(*_FIRST, *_LAST)
    op.drop_column("incidents", "team")


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
