"""Store which open incidents are suppressed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = sa.text("state != 'resolved'")
_FIRING = sa.text("state = 'firing'")
_ACKNOWLEDGED = sa.text("state = 'acknowledged'")

# Only firing incidents are read and written. A quotation mark in a JSON string has a backslash
# before it, so no other value of `memory` can match.
_FILL = r"""
UPDATE incidents SET suppressed = :yes WHERE state = 'firing' AND (
    memory LIKE '%"why_not":"silenced%' OR memory LIKE '%"why_not":"inhibited%'
    OR (memory LIKE '%"notified_at"\:null%' AND (
        memory LIKE '%"why_not":"muted%' OR memory LIKE '%"why_not":"outside active%')))
"""


def upgrade() -> None:
    """Add the column, fill it for firing incidents, and index by it."""
    op.add_column(
        "incidents",
        sa.Column("suppressed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(sa.text(_FILL).bindparams(yes=True))
    op.drop_index("incidents_by_urgency", "incidents")
    op.create_index(
        "incidents_firing_by_urgency",
        "incidents",
        ["suppressed", "urgency", "number"],
        unique=False,
        sqlite_where=_FIRING,
        postgresql_where=_FIRING,
    )
    op.create_index(
        "incidents_acknowledged_by_urgency",
        "incidents",
        ["state", "urgency", "number"],
        unique=False,
        sqlite_where=_ACKNOWLEDGED,
        postgresql_where=_ACKNOWLEDGED,
    )
    _index_standing("severity", "state", "suppressed", "rank", "opened_at")


def downgrade() -> None:
    """Drop it: suppressed incidents are then listed as unacknowledged."""
    op.drop_index("incidents_firing_by_urgency", "incidents")
    op.drop_index("incidents_acknowledged_by_urgency", "incidents")
    op.create_index(
        "incidents_by_urgency",
        "incidents",
        ["state", "urgency", "number"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    _index_standing("severity", "state", "rank", "opened_at")
    op.drop_column("incidents", "suppressed")


def _index_standing(*columns: str) -> None:
    op.drop_index("incidents_standing", "incidents")
    op.create_index(
        "incidents_standing",
        "incidents",
        list(columns),
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
