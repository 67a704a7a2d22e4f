"""Violations planted in damaged databases: each is found, and named by exactly one finding."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.core.verify.promise import Check
from gateway.store import Store, Tx
from gateway.store.db.statement import Statement
from tests.flow.verify.histories import (
    GIVEN_UP,
    MISSED,
    OPEN,
    copy_database,
    damage,
    play,
    verified,
)
from tests.flow.world import DAY, HOUR, START, World

CHANNEL = "slack:#billing-alerts"
LAST_END = f"(SELECT max(id) FROM notices WHERE incident = {MISSED} AND target_key = '{CHANNEL}')"
NOTICE_COLUMNS = (
    "incident, channel, target_key, person, kind, reason, rank, quiet, created_at, state, next_at,"
    " attempts, first_attempt_at, perhaps, owner, facts_id, fell_back, folded_into, outcome,"
    " detail, sent_at, target, subject"
)


def memory(number: int, field: str, value: str) -> str:
    """Return the statement that changes a field which only decisions read."""
    changed = f"json_set(memory, '$.{field}', {value})"
    return f"UPDATE incidents SET memory = {changed} WHERE number = {number}"


def copied(which: str, **changes: str) -> str:
    """Return the statement that copies a notice under the next id, with changes."""
    values = ", ".join(changes.get(name, name) for name in NOTICE_COLUMNS.split(", "))
    return (
        f"INSERT INTO notices (id, {NOTICE_COLUMNS})"
        f" SELECT (SELECT max(id) + 1 FROM notices), {values} FROM notices WHERE {which}"
    )


def pending(target: str, next_at: float, more: str = "") -> str:
    """Return the statement that puts the first notice to a target of the open incident back."""
    first = f"(SELECT min(id) FROM notices WHERE incident = {OPEN} AND target_key = '{target}')"
    return (
        "UPDATE notices SET state = 'pending', sent_at = NULL, outcome = '',"
        f" next_at = {next_at}{more} WHERE id = {first}"
    )


DAMAGE = {
    Check.ALERT_WITHOUT_INCIDENT: [f"DELETE FROM members WHERE incident = {OPEN}"],
    Check.ALERT_NOT_NOTIFIED: [
        f"UPDATE members SET told = '', told_starts_at = NULL WHERE incident = {OPEN}"
    ],
    Check.NOT_DECIDED: [
        f"DELETE FROM timeline WHERE incident = {GIVEN_UP}",
        f"DELETE FROM notices WHERE incident = {GIVEN_UP}",
    ],
    Check.DECIDED_LATE: [memory(OPEN, "tick_at", f"json_extract(memory, '$.tick_at') - {HOUR}")],
    Check.OVERDUE: [f"UPDATE incidents SET due_at = due_at - {DAY} WHERE number = {OPEN}"],
    Check.NEVER_DUE: [f"UPDATE incidents SET due_at = NULL WHERE number = {OPEN}"],
    Check.MESSAGE_LOST: [
        f"DELETE FROM notices WHERE incident = {OPEN} AND target_key = '{CHANNEL}'"
        " AND reason = 'first'"
    ],
    Check.END_MISSING: [
        f"DELETE FROM notices WHERE incident = {MISSED} AND target_key = '{CHANNEL}'"
        " AND kind = 'resolved'"
    ],
    Check.END_FIRST: [
        f"UPDATE notices SET state = 'cancelled', sent_at = NULL, detail = 'acknowledged first'"
        f" WHERE incident = {GIVEN_UP} AND target_key = '{CHANNEL}' AND kind != 'resolved'",
        "DELETE FROM attempts WHERE notice IN (SELECT id FROM notices WHERE state = 'cancelled')",
    ],
    Check.OUT_OF_ORDER: [
        f"UPDATE notices SET sent_at = sent_at + {DAY} WHERE incident = {MISSED}"
        f" AND target_key = '{CHANNEL}' AND reason = 'first'"
    ],
    Check.AFTER_END: [
        copied(f"id = {LAST_END}", kind="'repeat'", reason="'repeat'", facts_id="facts_id + 1000")
    ],
    Check.SENT_TWICE: [
        "INSERT INTO attempts (notice, at, seconds, outcome, detail, perhaps)"
        " SELECT notice, at + 60, seconds, outcome, detail, perhaps FROM attempts"
        f" WHERE notice = {LAST_END}"
    ],
    Check.NOTIFIED_TWICE: [copied(f"id = {LAST_END}")],
    Check.MISSED_TWICE: [
        f"UPDATE notices SET kind = 'missed', reason = 'missed' WHERE incident = {MISSED}"
        f" AND target_key = '{CHANNEL}' AND kind = 'acknowledged'"
    ],
    Check.ENDED_TWICE: [
        copied(f"id = {LAST_END}", facts_id="facts_id + 1000", created_at="created_at + 60")
    ],
    Check.NOT_MARKED: [
        memory(OPEN, "respond_by", f"{START}"),
        memory(OPEN, "missed_at", "null"),
    ],
    Check.NOT_RECORDED: [f"DELETE FROM timeline WHERE incident = {MISSED} AND kind = 'missed'"],
    Check.NOT_ANNOUNCED: [
        f"DELETE FROM notices WHERE incident = {MISSED} AND target_key = '{CHANNEL}'"
        " AND kind = 'missed'"
    ],
    Check.STUCK: [pending(CHANNEL, START), "UPDATE attempts SET at = at - 100000"],
    Check.CLAIM_ABANDONED: [
        pending(CHANNEL, START),
        "UPDATE notices SET state = 'sending' WHERE next_at IS NOT NULL",
    ],
    Check.PAST_RETRIES: [
        pending(CHANNEL, START + 60 * HOUR, f", first_attempt_at = {START - 40 * HOUR}")
    ],
    Check.GIVEN_UP_SILENTLY: [
        f"DELETE FROM timeline WHERE id = (SELECT min(id) FROM timeline WHERE incident = {GIVEN_UP}"
        " AND kind = 'given up')"
    ],
    Check.NOT_REPLACED: [
        "UPDATE notices SET fell_back = 0 WHERE id = (SELECT min(id) FROM notices WHERE"
        f" incident = {GIVEN_UP} AND state = 'dead')"
    ],
    Check.CANCELLED_SILENTLY: [
        f"UPDATE notices SET state = 'cancelled', sent_at = NULL, detail = ''"
        f" WHERE incident = {OPEN} AND target_key = '{CHANNEL}' AND kind = 'update'"
    ],
    Check.FOLDED_INTO_NOTHING: [
        f"UPDATE notices SET state = 'folded', sent_at = NULL, folded_into = 999999"
        f" WHERE incident = {OPEN} AND target_key = '{CHANNEL}' AND kind = 'update'"
    ],
}
"""For each check the statements that damage the history so that it must find something."""


ON_BOTH = (
    Check.ALERT_WITHOUT_INCIDENT,
    Check.OVERDUE,
    Check.END_MISSING,
    Check.NOT_ANNOUNCED,
    Check.GIVEN_UP_SILENTLY,
)
"""Checks whose damage both databases understand, and that concern different rows."""


async def test_violations_are_named_on_both_databases(world: World) -> None:
    """SQLite and PostgreSQL give the same facts."""
    await play(world)
    statements = [Statement(text(one)) for check in ON_BOTH for one in DAMAGE[check]]
    for statement in statements:
        assert await world.engine.store.write(partial(_run, statement=statement))
    result = await verified(world.engine.store, world.now)
    assert sorted(one.check for one in result.broken) == sorted(ON_BOTH)


def _run(tx: Tx, statement: Statement) -> int:
    return tx.run(statement)


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[tuple[Path, float]]:
    """Return a database with a history, and the instant at which it ends."""
    path = tmp_path / "gateway.db"
    world = World(f"sqlite:///{path}")
    await world.start()
    await play(world)
    await world.close()
    return path, world.now


async def test_undamaged_history_has_nothing_missing(history: tuple[Path, float]) -> None:
    """A missed response, a dead letter with its fallback and an open incident are no findings."""
    path, now = history
    store = Store(f"sqlite:///{path}")
    await store.start()
    result = await verified(store, now)
    await store.close()
    assert result.broken == ()
    assert (result.alerts, result.incidents, result.total) == (3, 3, 0)
    assert result.notices > 20


def test_damage_covers_every_check() -> None:
    """No check is without a planted violation."""
    assert set(DAMAGE) == set(Check)


@pytest.mark.parametrize("check", DAMAGE)
async def test_planted_violation_is_named_by_exactly_one_finding(
    check: Check, history: tuple[Path, float], tmp_path: Path
) -> None:
    """Each violation of a promise is found once, under its own name, with what to do."""
    path, now = history
    copy = tmp_path / "copy.db"
    copy_database(path, copy)
    damage(copy, *DAMAGE[check])
    store = Store(f"sqlite:///{copy}")
    await store.start()
    result = await verified(store, now)
    await store.close()
    assert [one.check for one in result.broken] == [check], result.broken
    (broken,) = result.broken
    assert broken.what
    assert broken.action
    assert result.missing == {broken.promise: 1}
