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

pytest_plugins = ["tests.plugins.needs"]

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


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the newest tables, to be copied."""
    with _database(postgres_server, "template0") as name:
        migrate(with_database(postgres_server, name))
        yield name


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh, empty database on a real PostgreSQL server; dropped after the test."""
    with _database(postgres_server, "template0") as name:
        yield with_database(postgres_server, name)


@pytest.fixture
def migrated_postgres_url(postgres_server: str, migrated_template: str) -> Iterator[str]:
    """URL of a fresh PostgreSQL database with the newest tables; dropped after the test."""
    with _database(postgres_server, migrated_template) as name:
        yield with_database(postgres_server, name)


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
def _database(server: str, template: str) -> Iterator[str]:
    name = f"gateway_test_{os.getpid()}_{next(_numbers)}"
    own, source = sql.Identifier(name), sql.Identifier(template)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(own, source))
        yield name
        # FORCE: a test that leaves a connection open must not keep its database.
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


def with_database(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    name_before = conninfo_to_dict(url).get("dbname")
    head, _, query = url.partition("?")
    base = head.removesuffix(f"/{name_before}") if name_before else head.rstrip("/")
    return f"{base}/{name}" + (f"?{query}" if query else "")
