"""Refer to alerts by number in members: shorter, and new rows are side by side."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SAID = ("told", "told_starts_at", "acked_starts_at", "joined_at")
_REPORTED = (
    "identity", "starts_at", "ends_at", "updated_at", "timeout", "inhibits", "source",
    "generator_url", "labels", "annotations", "serial",
)  # fmt: skip


def upgrade() -> None:
    """Number alerts by their serials, which are unique."""
    _remake_alerts(
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        key="id",
        copied="serial",
    )
    op.create_index("alerts_identity", "alerts", ["identity"], unique=True)
    _remake_members(
        sa.Column("alert", sa.BigInteger(), nullable=False),
        "SELECT incident, alerts.id, {said} FROM former_members"
        " JOIN alerts ON alerts.identity = former_members.identity",
    )
    op.create_index("members_alert", "members", ["alert"], unique=False)


def downgrade() -> None:
    """Refer to alerts by identity again."""
    _remake_members(
        sa.Column("identity", sa.Text(), nullable=False),
        "SELECT incident, alerts.identity, {said} FROM former_members"
        " JOIN alerts ON alerts.id = former_members.alert",
    )
    op.create_index("members_identity", "members", ["identity"], unique=False)
    op.drop_index("alerts_identity", "alerts")
    _remake_alerts(None, key="identity", copied=None)


def _remake_alerts(added: sa.Column[int] | None, *, key: str, copied: str | None) -> None:
    """Replace the table: that is the only way to change a key on both databases."""
    for index in ("alerts_serial", "alerts_ends_at", "alerts_inhibiting"):
        op.drop_index(index, "alerts")
    op.rename_table("alerts", "former_alerts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE former_alerts RENAME CONSTRAINT alerts_pkey TO former_alerts_pkey")
    op.create_table(
        "alerts",
        *([added] if added is not None else []),
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
        sa.Column("serial", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(key),
    )
    names = ", ".join(_REPORTED)
    into, given = (f"id, {names}", f"{copied}, {names}") if copied else (names, names)
    op.execute(f"INSERT INTO alerts ({into}) SELECT {given} FROM former_alerts")  # noqa: S608
    op.drop_table("former_alerts")
    op.create_index(
        "alerts_inhibiting",
        "alerts",
        ["identity"],
        unique=False,
        sqlite_where=sa.text("inhibits = 1"),
        postgresql_where=sa.text("inhibits"),
    )
    op.create_index("alerts_ends_at", "alerts", ["ends_at", "serial"], unique=False)
    op.create_index("alerts_serial", "alerts", ["serial"], unique=True)


def _remake_members(names_alert: sa.Column[int] | sa.Column[str], copied: str) -> None:
    former = "members_identity" if names_alert.name == "alert" else "members_alert"
    op.drop_index(former, "members")
    op.rename_table("members", "former_members")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE former_members RENAME CONSTRAINT members_pkey TO former_members_pkey"
        )
    op.create_table(
        "members",
        sa.Column("incident", sa.BigInteger(), nullable=False),
        names_alert,
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_starts_at", sa.Double(), nullable=True),
        sa.Column("acked_starts_at", sa.Double(), nullable=True),
        sa.Column("joined_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("incident", names_alert.name),
        sqlite_with_rowid=False,
    )
    said = ", ".join(_SAID)
    op.execute(
        f"INSERT INTO members (incident, {names_alert.name}, {said}) " + copied.format(said=said)
    )
    op.drop_table("former_members")
