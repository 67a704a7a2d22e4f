"""Damage in the database file is noticed while the gateway runs, not at the next start."""

import sqlite3
from pathlib import Path

import pytest

from gateway.flow.runtime import integrity
from tests.flow.world import World, alert


@pytest.fixture
async def on_file(tmp_path: Path) -> World:
    """A world on SQLite with something in its tables."""
    world = World(f"sqlite:///{tmp_path}/gateway.db")
    await world.start()
    for number in range(40):
        await world.post(alert(f"Alert{number}"))
    await world.settle()
    return world


def overwrite(path: Path, table: str) -> None:
    """Destroy the first page of a table, as a failing disk would."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    root = "SELECT rootpage FROM sqlite_master WHERE name = ?"
    (page,) = connection.execute(root, (table,)).fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


async def test_intact_file_is_no_problem(on_file: World) -> None:
    """A check of a database in use finds nothing, and nobody has to wait for it."""
    engine = on_file.engine
    assert "alerts" in await engine.store.table_names()
    await engine.integrity.check()
    assert engine.integrity.problem == ""
    assert b"gateway_store_intact 1.0" in engine.metrics.exposition()
    await on_file.close()


async def test_damaged_page_is_reported_while_running(on_file: World, tmp_path: Path) -> None:
    """The health names the table and what to do; the metric falls; the gateway stays ready."""
    engine = on_file.engine
    overwrite(tmp_path / "gateway.db", "timeline")
    await engine.integrity.check()
    (problem,) = [health for health in engine.problems() if not health.ok]
    assert problem.component == "database file"
    assert "damaged (in timeline): restore a backup" in problem.text
    assert b"gateway_store_intact 0.0" in engine.metrics.exposition()
    await on_file.close()


async def test_check_on_postgresql_has_nothing_to_do(migrated_postgres_url: str) -> None:
    """PostgreSQL checks its own files."""

    world = World(migrated_postgres_url)
    engine = await world.start()
    await engine.integrity.check()
    assert engine.integrity.problem == ""
    await world.close()


def test_checks_leave_the_disk_alone_most_of_the_time() -> None:
    """Bounded: at most a hundredth of the time, and never more often than every five minutes."""
    assert integrity.REST >= 100.0
    assert integrity.AGAIN >= 300.0
