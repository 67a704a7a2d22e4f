"""The real PostgreSQL of other tests, with a database for each test."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from gateway.store.schema.version import current_revision, head_revision
from tests.conftest import with_database
from tests.reused_database import ReusedDatabase


def test_the_server_answers_a_select(postgres_url: str) -> None:
    """`postgres_url` names a real PostgreSQL server that answers SQL."""
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT 6 * 7, split_part(version(), ' ', 1)").fetchone()
    assert row == (42, "PostgreSQL")


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database(postgres_url: str, turn: int) -> None:
    """What one test writes, the next never sees."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE seen (turn integer)")
        connection.execute("INSERT INTO seen VALUES (%s)", [turn])
        rows = connection.execute("SELECT turn FROM seen").fetchall()
    assert rows == [(turn,)]


def test_reused_database_is_restored_after_a_test(reused_database: ReusedDatabase) -> None:
    """The next test finds the first rows, numbers and settings, and no connection of the last."""
    url = reused_database.url
    with psycopg.connect(url, autocommit=True) as admin:
        name = sql.Identifier(admin.info.dbname)
        before = admin.execute("SELECT * FROM meta ORDER BY 1").fetchall()
        admin.execute("UPDATE alembic_version SET version_num = '0000'")
        admin.execute("DELETE FROM meta")
        admin.execute(sql.SQL("ALTER DATABASE {} SET work_mem = '1MB'").format(name))
        reused_database.restore()
        with pytest.raises(psycopg.OperationalError):
            admin.execute("SELECT 1")
    assert current_revision(url) == head_revision()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM meta ORDER BY 1").fetchall() == before != []
        assert connection.execute("SHOW work_mem").fetchone() != ("1MB",)


def test_test_that_changes_tables_of_the_reused_database_fails(
    reused_database: ReusedDatabase,
) -> None:
    """Other tables cannot be restored; such a test needs a database of its own."""
    with psycopg.connect(reused_database.url, autocommit=True) as admin:
        admin.execute("CREATE TABLE seen (turn integer)")
    with pytest.raises(AssertionError, match="needs `postgres_url`"):
        reused_database.restore()
    with psycopg.connect(reused_database.url, autocommit=True) as admin:
        admin.execute("DROP TABLE seen")
    reused_database.restore()


@pytest.mark.postgres
def test_the_server_ends_when_its_owner_dies() -> None:
    """A test run that is killed leaves neither a server nor its files behind."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    url = keeper.stdout.readline().strip()
    home = Path(url.partition("host=")[2])
    server = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
    keeper.stdin.close()  # what the kernel does to the pipe when the owner dies
    keeper.wait()
    keeper.stdout.close()
    assert not home.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://postgres@/postgres?host=/tmp/x", "postgresql://postgres@/new?host=/tmp/x"),
        ("postgresql://u:p@db:5432/main", "postgresql://u:p@db:5432/new"),
        ("postgresql://u@db", "postgresql://u@db/new"),
    ],
)
def test_only_the_database_name_of_a_url_is_replaced(url: str, expected: str) -> None:
    """A given server's host, account and options stay as they are."""
    assert with_database(url, "new") == expected
