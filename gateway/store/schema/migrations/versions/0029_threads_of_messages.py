"""Find the incident of a reply by the thread of its message."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_WITH_THREAD = sa.text("thread IS NOT NULL")


def upgrade() -> None:
    """Add the column, empty: messages of before get a thread when they are next updated."""
    op.add_column("recipients", sa.Column("thread", sa.Text(), nullable=True))
    op.create_index(
        "recipients_thread",
        "recipients",
        ["thread"],
        unique=False,
        sqlite_where=_WITH_THREAD,
        postgresql_where=_WITH_THREAD,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("recipients_thread", table_name="recipients")
    op.drop_column("recipients", "thread")
