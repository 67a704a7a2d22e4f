"""Index the incidents of a group, and count the pages without an alert."""

from collections.abc import Sequence

from alembic import op

revision = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the index, by which a new incident names the one before it, and the counter."""
    op.create_index(
        "incidents_group", "incidents", ["group_hash", "opened_at", "number"], unique=False
    )
    op.execute("INSERT INTO meta (name, value) VALUES ('manual_page', 0)")


def downgrade() -> None:
    """Drop both: the older release has no such pages."""
    op.execute("DELETE FROM meta WHERE name = 'manual_page'")
    op.drop_index("incidents_group", table_name="incidents")
