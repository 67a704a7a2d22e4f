"""Fixtures that every test may use."""

import itertools
import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import running_postgres

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real PostgreSQL: GATEWAY_TEST_DATABASE_URL where set, else this session's own."""
    given = os.environ.get("GATEWAY_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with running_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh, empty database on a real PostgreSQL server; dropped after the test."""
    name = f"gateway_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield with_database(postgres_server, name)
        # FORCE: a test that leaves a connection open must not keep its database.
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def with_database(url: str, name: str) -> str:
    """The same server's URL with another database name."""
    had = conninfo_to_dict(url).get("dbname")
    head, _, query = url.partition("?")
    base = head.removesuffix(f"/{had}") if had else head.rstrip("/")
    return f"{base}/{name}" + (f"?{query}" if query else "")
