"""Fixtures that every test may use: a PostgreSQL server, and fresh databases of both kinds."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from gateway.store import migrate
from tests.postgres import running_postgres
from tests.reused_database import ReusedDatabase

pytest_plugins = ["tests.plugins.groups", "tests.plugins.needs"]

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
"""Parameters of a fixture that provides either database."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real PostgreSQL: GATEWAY_TEST_DATABASE_URL where set, else this session's own."""
    configured_url = os.environ.get("GATEWAY_TEST_DATABASE_URL")
    if configured_url:
        yield configured_url
        return
    with running_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh, empty database on a real PostgreSQL server; dropped after the test."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def reused_database(postgres_server: str) -> Iterator[ReusedDatabase]:
    """A PostgreSQL database with the newest tables, for one test after the other."""
    with _database(postgres_server) as url:
        yield ReusedDatabase(url)


@pytest.fixture
def migrated_postgres_url(reused_database: ReusedDatabase) -> Iterator[str]:
    """URL of a PostgreSQL database with the newest tables, as the migrations leave them."""
    yield reused_database.url
    reused_database.restore()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest tables, to be copied: migrating costs more than a test."""
    path = tmp_path_factory.mktemp("migrated") / "gateway.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_path(migrated_file: Path, tmp_path: Path) -> Path:
    """A fresh SQLite database with the newest tables."""
    return Path(shutil.copy(migrated_file, tmp_path / "gateway.db"))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database with the newest tables and nothing in them."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    return str(request.getfixturevalue("migrated_postgres_url"))


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"gateway_test_{os.getpid()}_{next(_numbers)}"
    own = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as admin:
        # Copying files costs half of the default, which logs each page.
        create = "CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy"
        admin.execute(sql.SQL(create).format(own))
        yield with_database(server, name)
        # FORCE: a test that leaves a connection open must not keep its database.
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


def with_database(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    name_before = conninfo_to_dict(url).get("dbname")
    head, _, query = url.partition("?")
    base = head.removesuffix(f"/{name_before}") if name_before else head.rstrip("/")
    return f"{base}/{name}" + (f"?{query}" if query else "")
