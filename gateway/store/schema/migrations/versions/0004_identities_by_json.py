"""Identify alerts by the JSON of their labels."""

import json
from collections.abc import Callable, Sequence
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PAGE = 5000


def upgrade() -> None:
    """Give alerts and members the new identities."""
    _rekey(_by_json)


def downgrade() -> None:
    """Give them the former identities."""
    _rekey(_by_separators)


def _by_json(labels: dict[str, str]) -> bytes:
    return json.dumps(
        labels, ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
    ).encode()


def _by_separators(labels: dict[str, str]) -> bytes:
    return b"".join([text.encode() + b"\xff" for pair in sorted(labels.items()) for text in pair])


def _rekey(canonical: Callable[[dict[str, str]], bytes]) -> None:
    connection = op.get_bind()
    page = sa.text(
        "SELECT serial, identity, labels FROM alerts WHERE serial > :after ORDER BY serial"
        " LIMIT :page"
    )
    change = [
        sa.text(f"UPDATE {table} SET identity = :new WHERE identity = :old")  # noqa: S608 - our own
        for table in ("alerts", "members")
    ]
    after = -1
    while rows := connection.execute(page, {"after": after, "page": PAGE}).fetchall():
        after = rows[-1].serial
        changed = []
        for row in rows:
            digest = blake2b(canonical(json.loads(row.labels)), digest_size=16).hexdigest()
            if digest != row.identity:
                changed.append({"old": row.identity, "new": digest})
        if changed:
            for statement in change:
                connection.execute(statement, changed)
