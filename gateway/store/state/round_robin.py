"""Stored turns of round robin."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from sqlalchemy import select

from gateway.core.plan.round_robin import Turn
from gateway.store.db.bulk import insert, overwrite
from gateway.store.db.statement import InList, Statement, json_list
from gateway.store.db.transaction import Tx
from gateway.store.schema.tables import round_robin as table

_SAVE = insert(
    table,
    ["step_hash", "person", "turn"],
    key=["step_hash", "person"],
    change=overwrite(["turn"]),
)
_READ = Statement(
    select(table.c.step_hash, table.c.person, table.c.turn)
    .where(InList(table.c.step_hash, "hashes"))
    .order_by(table.c.turn)
)


def turns(tx: Tx, steps: Sequence[str]) -> dict[str, list[str]]:
    """Return the people who had a turn, the latest last, by the keys of steps."""
    keys = {_hash(step): step for step in steps}
    people: dict[str, list[str]] = {step: [] for step in steps}
    for hashed, person, _ in tx.rows(_READ, hashes=json_list(list(keys))):
        people[keys[hashed]].append(person)
    return people


def save(tx: Tx, taken: Sequence[Turn], turns_by_step: Mapping[str, Sequence[str]]) -> None:
    """Store turns that were taken; `turns_by_step` is the order of all after them.

    Everyone of these steps gets a new number, so that numbers stay small and in order.
    """
    rows = {
        (_hash(turn.step), person, position)
        for turn in taken
        for position, person in enumerate(turns_by_step[turn.step])
    }
    tx.write_rows(_SAVE, sorted(rows))


def _hash(step: str) -> str:
    return blake2b(step.encode(), digest_size=16).hexdigest()
