"""A move takes every row to PostgreSQL, once, and leaves a file that no gateway starts on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gateway.store import SchemaMismatchError, Store
from gateway.store.schema.tables import timeline
from gateway.store.schema.version import MOVED, current_revision
from gateway.store.transfer.move import Moved, move
from gateway.store.transfer.progress import TransferRefusedError
from tests.store.transfer.filled import contents, fill, filled, rows_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an SQLite database with rows in every table."""
    path = tmp_path / "gateway.db"
    filled(f"sqlite:///{path}")
    return path


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


async def test_moved_database_equals_the_file(file: Path, postgres_url: str) -> None:
    """All rows arrive, a gateway starts there, and none starts on the file."""
    before = contents(f"sqlite:///{file}")
    moved = move(file, postgres_url)
    assert moved == Moved(sum(rows_of(before).values()) + 3 + 12, 1, resumed=False)
    assert contents(postgres_url) == before
    store = Store(postgres_url)
    await store.start()
    await store.close()
    with pytest.raises(SchemaMismatchError, match="moved to PostgreSQL"):
        await Store(f"sqlite:///{file}").start()
    with pytest.raises(TransferRefusedError, match="moved already"):
        move(file, postgres_url)


def test_next_rows_get_the_next_numbers(file: Path, postgres_url: str) -> None:
    """The sequences of PostgreSQL follow the rows that were copied."""
    move(file, postgres_url)
    columns = (
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE is_identity = 'YES' AND table_schema = 'public'"
    )
    with psycopg.connect(postgres_url) as connection:
        several = connection.execute(columns).fetchall()
        assert len(several) >= 6
        for table, column in several:
            query = "SELECT nextval(pg_get_serial_sequence(%s, %s))"
            assert connection.execute(query, (table, column)).fetchall() == [(4,)], table


def test_target_with_other_rows_is_refused(file: Path, postgres_url: str) -> None:
    """Nothing of it is replaced, and the file is not marked."""
    filled(postgres_url, rows=2)
    before = contents(postgres_url)
    with pytest.raises(TransferRefusedError, match="not empty"):
        move(file, postgres_url)
    assert contents(postgres_url) == before
    assert current_revision(f"sqlite:///{file}") != MOVED


def test_move_that_was_not_marked_is_finished(file: Path, postgres_url: str) -> None:
    """Killed between the commit and the mark, it is run again: equal rows are a finished move."""
    version = current_revision(f"sqlite:///{file}")
    move(file, postgres_url)
    change(file, f"UPDATE alembic_version SET version_num = '{version}'")
    assert move(file, postgres_url).resumed
    assert current_revision(f"sqlite:///{file}") == MOVED


async def test_running_gateway_is_not_moved(file: Path, postgres_url: str) -> None:
    """What it would write after the copy would be lost."""
    store = Store(f"sqlite:///{file}")
    await store.start()
    try:
        with pytest.raises(TransferRefusedError, match="stop it"):
            move(file, postgres_url)
    finally:
        await store.close()


def test_values_that_postgresql_refuses_are_converted_or_named(
    file: Path, postgres_url: str
) -> None:
    """A NUL becomes U+FFFD, an integer an instant; a text in place of a number stops the move."""
    change(file, "UPDATE timeline SET at = 5 WHERE id = 1")
    change(file, "UPDATE facts SET body = 'a' || char(0) || 'b' WHERE id = 1")
    change(file, "UPDATE attempts SET seconds = 'long' WHERE id = 2")
    with pytest.raises(TransferRefusedError, match="table attempts, column seconds: a str"):
        move(file, postgres_url)
    assert set(rows_of(contents(postgres_url)).values()) == {0}
    change(file, "UPDATE attempts SET seconds = 1 WHERE id = 2")
    move(file, postgres_url)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT body FROM facts WHERE id = 1").fetchall() == [
            ("a\ufffdb",)
        ]


def test_older_file_must_be_migrated_first(file: Path, postgres_url: str) -> None:
    """The error names the command."""
    change(file, "UPDATE alembic_version SET version_num = '0034'")
    with pytest.raises(TransferRefusedError, match="gateway migrate"):
        move(file, postgres_url)


def test_many_rows_are_moved_in_pages(file: Path, postgres_url: str) -> None:
    """Progress is reported after each page."""
    fill(f"sqlite:///{file}", rows=6000, first=10, tables=[timeline])
    pages: list[tuple[str, int]] = []
    move(file, postgres_url, progress=lambda table, rows: pages.append((table, rows)))
    assert ("timeline", 5000) in pages
    assert ("timeline", 6003) in pages
    assert contents(postgres_url) == contents(f"sqlite:///{file}")
