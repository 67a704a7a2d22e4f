"""Store why an open incident does not notify as data, in place of a sentence."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_READ = sa.text("SELECT number, memory FROM incidents WHERE state != 'resolved'")
_WRITE = sa.text("UPDATE incidents SET memory = :memory WHERE number = :number")

# How the sentences of earlier versions began, with the reason of each.
_BEGINNINGS = {
    "silenced by ": "silenced",
    "inhibited by ": "inhibited",
    "muted ": "muted",
    "outside active ": "outside active",
    "it flaps: its turns": "flapping",
    "it flaps: its end": "flapping end",
    "it could not be decided": "fault",
    "receiver ": "nobody to tell",
}
_ENDS = (" has nobody to tell",)


def upgrade() -> None:
    """Replace `why_not` by `suppressions`.

    Resolved incidents keep what no reader uses.
    """
    _rewrite(_to_data)


def downgrade() -> None:
    """Write sentences again, as the earlier version reads them."""
    _rewrite(_to_sentence)


def _rewrite(change: Callable[[dict[str, Any]], None]) -> None:
    connection = op.get_bind()
    for number, memory in connection.execute(_READ).fetchall():
        fields = json.loads(memory)
        change(fields)
        text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
        connection.execute(_WRITE, {"number": number, "memory": text})


def _to_data(fields: dict[str, Any]) -> None:
    text = fields.pop("why_not", "")
    fields["suppressions"] = [_suppression(text)] if text else []


def _suppression(text: str) -> dict[str, Any]:
    for beginning, reason in _BEGINNINGS.items():
        if text.startswith(beginning):
            by = text.removeprefix(beginning)
            for end in _ENDS:
                by = by.removesuffix(end)
            return {"reason": reason, "by": by, "until": None, "comment": ""}
    by = text.removesuffix(" took it before it was told")
    return {"reason": "acknowledged", "by": by, "until": None, "comment": ""}


def _to_sentence(fields: dict[str, Any]) -> None:
    words = {reason: beginning for beginning, reason in _BEGINNINGS.items()}
    fields["why_not"] = ", ".join(
        words.get(one["reason"], one["reason"] + " by ") + one["by"]
        for one in fields.pop("suppressions", [])
    )
