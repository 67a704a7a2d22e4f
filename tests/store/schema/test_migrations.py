"""Migrations bring any database to the tables of the code."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import gateway.store
from gateway.core.alerts.labels import identity
from gateway.store import (
    SchemaMismatchError,
    Store,
    StoreUnavailableError,
    current_revision,
    head_revision,
    migrate,
)
from gateway.store.db.location import parse_url
from gateway.store.schema.create import create_tables
from gateway.store.schema.tables import COUNTERS, metadata
from tests.conftest import BOTH


def engine_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=[*BOTH, "sqlite, made"])
def newest_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database with the newest tables: migrated or created."""
    if request.param == "sqlite, made":
        url = f"sqlite:///{tmp_path}/gateway.db"
        assert create_tables(parse_url(url))
        return url
    url = (
        str(request.getfixturevalue("postgres_url"))
        if request.param == "postgresql"
        else f"sqlite:///{tmp_path}/gateway.db"
    )
    migrate(url)
    return url


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/gateway.db"
    return str(request.getfixturevalue("postgres_url"))


def change_version(url: str, version: str) -> None:
    engine = create_engine(engine_url(url))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    engine.dispose()


def test_migrations_create_the_tables_of_the_code(newest_url: str) -> None:
    """Tables, columns, types and indexes are those of `schema.tables`, migrated or created."""
    engine = create_engine(engine_url(newest_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_partial_indexes_have_the_conditions_of_the_code(newest_url: str, tmp_path: Path) -> None:
    """The comparison above ignores the conditions of partial indexes."""

    def conditions(url: str) -> dict[str, str]:
        engine = create_engine(engine_url(url))
        result = {}
        for table in metadata.tables:
            for index in inspect(engine).get_indexes(table):
                for key, value in index.get("dialect_options", {}).items():
                    if key.endswith("_where"):
                        result[str(index["name"])] = re.sub(r"[()]|::\w+", "", str(value))
        engine.dispose()
        return result

    result = conditions(newest_url)
    messages = {
        str(index.name): str(where)
        for table in metadata.tables.values()
        for index in table.indexes
        if (where := index.dialect_options[newest_url.partition(":")[0]]["where"]) is not None
    }
    assert {name: where.replace("<>", "!=") for name, where in result.items()} == messages


def test_the_head_is_the_newest_script(empty_url: str) -> None:
    """The version in the code, kept for a quick start, is alembic's newest."""
    config = Config()
    folder = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_heads() == [head_revision()]
    assert current_revision(empty_url) is None
    migrate(empty_url)
    assert current_revision(empty_url) == head_revision()
    migrate(empty_url)  # again: nothing to do
    assert current_revision(empty_url) == head_revision()


def test_alerts_of_an_older_version_are_numbered(empty_url: str) -> None:
    """Alerts from before serials get theirs with the upgrade."""
    engine = create_engine(engine_url(empty_url))
    if empty_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir(parents=True)
    config = Config()
    folder = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name, starts_at in (("late", 30.0), ("early", 10.0), ("middle", 20.0)):
            connection.execute(
                text(
                    "INSERT INTO alerts (identity, starts_at, updated_at, timeout, inhibits,"
                    " source, generator_url, labels, annotations) VALUES"
                    " (:name, :at, :at, :no, :no, '', '', :labels, '{}')"
                ),
                {"name": name, "at": starts_at, "no": False, "labels": f'{{"a":"{name}"}}'},
            )
    migrate(empty_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT labels FROM alerts ORDER BY serial").fetchall()
        last = connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'alert'").scalar()
    engine.dispose()
    assert [json.loads(row.labels)["a"] for row in rows] == ["early", "middle", "late"]
    assert last == 3


def test_alerts_of_an_older_version_keep_their_incidents(empty_url: str) -> None:
    """They are identified by the JSON of their labels: posted again, they are the same alerts."""
    sets = [{"alertname": f"Ledger{number}", "b": 'ÿ "x"'} for number in range(3)]
    engine = create_engine(engine_url(empty_url))
    if empty_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir(parents=True)
    config = Config()
    folder = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for number, labels in enumerate(sets):
            values = {"name": f"old{number}", "no": False, "at": 1.0, "number": number}
            connection.execute(
                text(
                    "INSERT INTO alerts (identity, serial, starts_at, updated_at, timeout,"
                    " inhibits, source, generator_url, labels, annotations) VALUES"
                    " (:name, :number, :at, :at, :no, :no, '', '', :labels, '{}')"
                ),
                {**values, "labels": json.dumps(labels)},
            )
            connection.execute(
                text(
                    "INSERT INTO members (incident, identity, told, joined_at)"
                    " VALUES (1001, :name, 'firing', :at)"
                ),
                values,
            )
    migrate(empty_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        result = connection.exec_driver_sql(
            "SELECT incident, identity, told, joined_at FROM members"
            " JOIN alerts ON alerts.id = members.alert ORDER BY identity"
        ).fetchall()
        command.downgrade(config, "0003")
        before = connection.exec_driver_sql(
            "SELECT incident, identity, told, joined_at FROM members"
        ).fetchall()
    assert [tuple(row) for row in result] == sorted(
        (1001, identity(labels), "firing", 1.0) for labels in sets
    )
    # Back at the former keys, which no alert shares with the new ones.
    assert [(row[0], *row[2:]) for row in before] == [(1001, "firing", 1.0)] * 3
    assert not {row.identity for row in before} & {row.identity for row in result}
    engine.dispose()


def test_incidents_of_an_older_version_are_marked_as_suppressed(empty_url: str) -> None:
    """An upgrade fills the column of firing incidents from their memory, on either database."""
    told, untold = '"notified_at":5.0', '"notified_at":null'
    rows = {
        1: ("firing", f'{{{told},"why_not":"silenced by ben"}}', True),
        2: ("firing", f'{{{told},"why_not":"inhibited by rule 1"}}', True),
        3: ("firing", f'{{{untold},"why_not":"outside active office"}}', True),
        4: ("firing", f'{{{told},"why_not":"muted nights"}}', False),
        5: ("firing", f'{{{told},"why_not":""}}', False),
        6: ("resolved", f'{{{told},"why_not":"silenced by ben"}}', False),
    }
    engine = create_engine(engine_url(empty_url))
    if empty_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir(parents=True)
    config = Config()
    folder = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        for number, (state, memory, _) in rows.items():
            connection.execute(
                text(
                    "INSERT INTO incidents (number, state, urgency, opened_at, severity, receiver,"
                    " route_id, group_hash, group_key, group_labels, title, memory) VALUES"
                    " (:number, :state, 1, 1, '', '', '', :hash, '', '{}', '', :memory)"
                ),
                {"number": number, "state": state, "hash": str(number), "memory": memory},
            )
    migrate(empty_url)
    with engine.connect() as connection:
        result = connection.exec_driver_sql("SELECT number, suppressed FROM incidents").fetchall()
    engine.dispose()
    assert {number: bool(mark) for number, mark in result} == {n: row[2] for n, row in rows.items()}


def test_counters_begin_where_the_code_says(newest_url: str) -> None:
    """Ids are taken from counters, so each has its row."""
    engine = create_engine(engine_url(newest_url))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, value FROM meta").fetchall()
    engine.dispose()
    assert {row.name: row.value for row in rows} == COUNTERS


async def test_embedded_database_is_created_at_the_start(tmp_path: Path) -> None:
    """`make run` on a fresh machine needs no step before it; only the owner can read the file."""
    path = tmp_path / "data" / "deeper" / "gateway.db"
    store = Store(f"sqlite:///{path}")
    await store.start()
    await store.close()
    assert current_revision(f"sqlite:///{path}") == head_revision()
    assert path.stat().st_mode & 0o077 == 0


def test_created_file_equals_a_migrated_one(tmp_path: Path) -> None:
    """Their definitions are the same texts, except for the order of columns."""

    def tables(name: str, how: Callable[[str], object]) -> dict[str, list[str]]:
        url = f"sqlite:///{tmp_path}/{name}.db"
        how(url)
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            return {name: sorted(re.findall(r"[^\s(),\"']+", sql)) for name, sql in rows}

    made = tables("made", lambda url: create_tables(parse_url(url)))
    assert made == tables("migrated", migrate)
    assert len(made) > 30


async def test_existing_tables_are_kept(tmp_path: Path) -> None:
    """A file with tables of another program, or half created, is migrated and not replaced."""
    path = tmp_path / "gateway.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letters (text)")
    assert create_tables(parse_url(f"sqlite:///{path}")) is False
    store = Store(f"sqlite:///{path}")
    await store.start()
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM letters").fetchone() == (0,)


async def test_two_processes_create_the_file_once(tmp_path: Path) -> None:
    """Of two processes on one new file, one migrates and the other waits."""
    stores = [Store(f"sqlite:///{tmp_path}/gateway.db") for _ in range(3)]
    await asyncio.gather(*(store.start() for store in stores))
    for store in stores:
        await store.close()
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


async def test_server_without_tables_is_refused_with_the_command_to_run(
    postgres_url: str,
) -> None:
    """A server's database is never changed without its admin."""
    with pytest.raises(SchemaMismatchError, match="gateway migrate"):
        await Store(postgres_url).start()


async def test_older_server_is_refused_with_the_command_to_run(
    migrated_postgres_url: str,
) -> None:
    """The error names the older version and the command."""
    change_version(migrated_postgres_url, "0000")
    with pytest.raises(SchemaMismatchError, match=r"at version 0000, .* run `gateway migrate`"):
        await Store(migrated_postgres_url).start()


async def test_newer_database_is_refused(database_url: str) -> None:
    """After a downgrade, nothing is written into tables that the program does not know."""
    change_version(database_url, "9999")
    with pytest.raises(SchemaMismatchError, match="newer than this program"):
        await Store(database_url).start()
    with pytest.raises(SchemaMismatchError, match="newer than this program"):
        migrate(database_url)


def test_failed_migration_leaves_nothing_behind(postgres_url: str) -> None:
    """A migration is one transaction: it can be run again when its obstacle is gone."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("CREATE TABLE timeline (obstacle int)")
        with pytest.raises(psycopg.errors.DuplicateTable):
            migrate(postgres_url)
        assert current_revision(postgres_url) is None
        admin.execute("DROP TABLE timeline")
        migrate(postgres_url)


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A wrong path does not destroy the file there."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(StoreUnavailableError, match="no SQLite database"):
        migrate(f"sqlite:///{path}")
    assert path.read_text().startswith("not a database")


def test_one_line_is_logged_for_all_steps(empty_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """The log names the first and the last version, and has no line if nothing changed."""
    caplog.set_level("INFO", "gateway")

    def messages() -> list[str]:
        result = [one.getMessage() for one in caplog.records if one.name.startswith("gateway")]
        caplog.clear()
        return result

    migrate(empty_url)
    assert messages() == [f"database created at version {head_revision()}"]
    migrate(empty_url)
    assert messages() == []
    before = f"{int(head_revision()) - 1:04}"
    config = Config()
    scripts = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(scripts))
    engine = create_engine(engine_url(empty_url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, before)
    engine.dispose()
    migrate(empty_url)
    assert messages() == [f"database migrated from version {before} to {head_revision()}"]


def test_reasons_of_an_older_version_become_data(empty_url: str) -> None:
    """An upgrade turns the sentence of an open incident into a suppression, on either database."""
    sentences = {
        1: ("silenced by ben until 2026-11-20 22:06 UTC: deploy", "silenced"),
        2: ("inhibited by database-down", "inhibited"),
        3: ("muted nights", "muted"),
        4: ("outside active office", "outside active"),
        5: ("it flaps: its turns are told together", "flapping"),
        6: ("it flaps: its end is told once it is calm", "flapping end"),
        7: ("ana took it before it was told", "acknowledged"),
        8: ("receiver x has nobody to tell", "nobody to tell"),
        9: ("it could not be decided (ValueError): a fault of the gateway, see its log", "fault"),
        10: ("", None),
    }
    engine = create_engine(engine_url(empty_url))
    if empty_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir(parents=True)
    config = Config()
    folder = Path(gateway.store.__file__).parent / "schema" / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
        for number, (sentence, _) in sentences.items():
            memory = json.dumps({"why_not": sentence, "told": []})
            connection.execute(
                text(
                    "INSERT INTO incidents (number, state, urgency, opened_at, severity, receiver,"
                    " route_id, group_hash, group_key, group_labels, title, memory) VALUES"
                    " (:number, 'firing', 1, 1, '', '', '', :hash, '', '{}', '', :memory)"
                ),
                {"number": number, "hash": str(number), "memory": memory},
            )
    migrate(empty_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT number, memory FROM incidents").fetchall()
    engine.dispose()
    result = {number: json.loads(memory)["suppressions"] for number, memory in rows}
    assert {number: [one["reason"] for one in why] for number, why in result.items()} == {
        number: [reason] if reason else [] for number, (_, reason) in sentences.items()
    }
    assert [result[n][0]["by"] for n in (2, 3, 7, 8)] == ["database-down", "nights", "ana", "x"]
