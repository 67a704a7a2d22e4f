"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables, and the counters of ids."""
    op.create_table(
        "acks",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("acks_incident", "acks", ["incident"], unique=False)
    op.create_index("acks_person", "acks", ["person", "at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=True),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("timeout", sa.Boolean(), nullable=False),
        sa.Column("inhibits", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("generator_url", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity"),
    )
    op.create_index("alerts_ends_at", "alerts", ["ends_at"], unique=False)
    op.create_index(
        "alerts_inhibiting",
        "alerts",
        ["identity"],
        unique=False,
        sqlite_where=sa.text("inhibits = 1"),
        postgresql_where=sa.text("inhibits"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("notice", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("perhaps", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attempts_notice", "attempts", ["notice"], unique=False)
    op.create_table(
        "facts",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "incidents",
        sa.Column("number", _KEY, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("resolved_at", sa.Double(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("group_hash", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("group_labels", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(
        "incidents_due",
        "incidents",
        ["due_at", "urgency"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "incidents_one_open",
        "incidents",
        ["group_hash"],
        unique=True,
        sqlite_where=sa.text("state != 'resolved'"),
        postgresql_where=sa.text("state != 'resolved'"),
    )
    op.create_index("incidents_receiver", "incidents", ["receiver", "number"], unique=False)
    op.create_index(
        "incidents_resolved_at",
        "incidents",
        ["resolved_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NOT NULL"),
        postgresql_where=sa.text("resolved_at IS NOT NULL"),
    )
    op.create_index("incidents_state", "incidents", ["state", "number"], unique=False)
    op.create_table(
        "members",
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_starts_at", sa.Double(), nullable=True),
        sa.Column("acked_starts_at", sa.Double(), nullable=True),
        sa.Column("joined_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "identity"),
        sqlite_with_rowid=False,
    )
    op.create_index("members_identity", "members", ["identity"], unique=False)
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "notices",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", sa.Double(), nullable=True),
        sa.Column("perhaps", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("facts_id", sa.BigInteger(), nullable=False),
        sa.Column("fell_back", sa.Boolean(), nullable=False),
        sa.Column("folded_into", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "notices_by_rank",
        "notices",
        ["channel", "rank", "id", "next_at", "target_key"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "notices_by_time",
        "notices",
        ["channel", "next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "notices_dead",
        "notices",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index("notices_facts", "notices", ["facts_id"], unique=False)
    op.create_index("notices_incident", "notices", ["incident", "id"], unique=False)
    op.create_index(
        "notices_lane",
        "notices",
        ["incident", "target_key", "id"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "notices_person",
        "notices",
        ["person", "created_at"],
        unique=False,
        sqlite_where=sa.text("person IS NOT NULL"),
        postgresql_where=sa.text("person IS NOT NULL"),
    )
    op.create_table(
        "recipients",
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "target_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rejects",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "timeline",
        sa.Column("id", _KEY, sa.Identity(always=False), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("timeline_incident", "timeline", ["incident", "id"], unique=False)
    op.bulk_insert(
        sa.table("meta", sa.column("name", sa.Text), sa.column("value", sa.BigInteger)),
        [
            {"name": "incident", "value": 1000},
            {"name": "notice", "value": 0},
            {"name": "facts", "value": 0},
            {"name": "inhibit_version", "value": 0},
        ],
    )


def downgrade() -> None:
    """Refuse: there is no version before this."""
    raise RuntimeError("there is no version before the first: restore a backup instead")
