"""Find the incidents of a time span, and their accepted notices, without reading whole rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ACCEPTED = sa.text("sent_at IS NOT NULL")
_FOLDED = sa.text("folded_into IS NOT NULL")


def upgrade() -> None:
    """Add the indexes. A million notices take some seconds, and 30 MB."""
    op.create_index("incidents_opened_at", "incidents", ["opened_at", "number"], unique=False)
    op.create_index(
        "notices_accepted",
        "notices",
        ["incident", "person", "sent_at", "rank", "kind", "quiet", "outcome"],
        unique=False,
        sqlite_where=_ACCEPTED,
        postgresql_where=_ACCEPTED,
    )
    op.create_index(
        "notices_folded",
        "notices",
        ["incident", "folded_into"],
        unique=False,
        sqlite_where=_FOLDED,
        postgresql_where=_FOLDED,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("notices_folded", table_name="notices")
    op.drop_index("notices_accepted", table_name="notices")
    op.drop_index("incidents_opened_at", table_name="incidents")
