"""Backup, restore and move beside a real gateway, each killed in the middle."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import settled
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.test_replicas import settled as settled_on_postgres
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

COMMAND = str(Path(sys.executable).parent / "gateway")


def launch(url: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a command of the installed program on a database."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith("GATEWAY_")}
    env = {**outside, "GATEWAY_DATABASE_URL": url}
    return subprocess.Popen(
        [COMMAND, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(url: str, *arguments: str) -> str:
    """Run a command that must succeed; return what it prints."""
    with launch(url, *arguments) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    return out.decode()


def kill_when(process: "subprocess.Popen[bytes]", what: str, check: Callable[[], object]) -> None:
    """Send kill -9 as soon as the check returns something true."""
    wait_for(what, check)
    assert process.poll() is None, "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)


def missing(gateway: Gateway) -> Any:
    """Return what `gateway verify` finds."""
    done = subprocess.run(
        [COMMAND, "verify", "--json", "--last", "1h", "--url", gateway.url],
        capture_output=True,
        check=False,
        timeout=60,
    )
    result = json.loads(done.stdout)
    return result["broken"]


def enlarge(path: Path) -> None:
    """Add many rejected requests, so that copies take seconds and are killed in the middle."""
    with closing(sqlite3.connect(path, timeout=20)) as database:
        database.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
            " INSERT INTO rejects (at, source, status, error, detail, remote, excerpt)"
            " SELECT i, 'billing', 400, 'invalid', '', '', hex(randomblob(60)) FROM n"
        )
        database.commit()


def test_killed_backup_and_restore_lose_nothing(
    make_gateway: MakeGateway, vendors: Vendors, tmp_path: Path
) -> None:
    """A killed backup leaves no file, a killed restore the old database; then nothing is missing.

    The backup is made while messages are in flight, and the gateway is killed after it.
    """
    gateway = make_gateway().start()
    path, file = gateway.home / "gateway.db", tmp_path / "backup.db"
    enlarge(path)
    names = [f"Slow{number}" for number in range(20)]
    for name in names:
        gateway.accept(alert(name))
    partial = tmp_path / ".backup.db.partial"
    killed = launch(gateway.database, "backup", str(file))
    kill_when(killed, "the copy has begun", lambda: partial.exists() and partial.stat().st_size)
    assert not file.exists()
    run(gateway.database, "backup", str(file))
    assert not partial.exists()
    gateway.kill()

    wait_for("its process is gone", lambda: not (gateway.process and gateway.process.running))
    copy = path.with_name(".gateway.db.restoring")
    killed = launch(gateway.database, "restore", str(file), "--force")
    kill_when(killed, "the copy has begun", lambda: copy.exists() and copy.stat().st_size)
    with closing(sqlite3.connect(path)) as database:  # the old one, whole
        assert database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM incidents").fetchone()[0] >= len(names)
    run(gateway.database, "restore", str(file), "--force")
    assert not copy.exists()

    gateway.start()
    wait_for("all is recorded", lambda: settled(gateway))
    assert missing(gateway) == []


def test_killed_move_is_run_again_and_loses_nothing(
    make_gateway: MakeGateway, vendors: Vendors, postgres_url: str
) -> None:
    """PostgreSQL has all rows or none. Messages in flight are sent by the gateway there."""
    vendors.behave("slack", status=503)
    gateway = make_gateway().start()
    path = gateway.home / "gateway.db"
    names = [f"Slow{number}" for number in range(20)]
    for name in names:
        gateway.accept(alert(name))
    gateway.kill()
    run(postgres_url, "migrate")

    with psycopg.connect(postgres_url) as connection, connection.transaction():
        connection.execute("LOCK TABLE timeline IN SHARE MODE")  # its copy waits
        killed = launch(postgres_url, "move", str(path))
        kill_when(
            killed, "half of the tables are copied", lambda: blocked(postgres_url, "COPY%timeline")
        )
    assert count(postgres_url, "incidents") == 0
    run(postgres_url, "move", str(path))

    vendors.recover("slack")
    moved = make_gateway(database=postgres_url, name="moved").start()
    wait_for("all is recorded", lambda: settled_on_postgres(postgres_url))
    assert missing(moved) == []
    assert count(postgres_url, "incidents") >= len(names)
    assert vendors.accepted("slack")


def test_killed_backup_and_restore_of_postgresql_lose_nothing(
    make_gateway: MakeGateway, vendors: Vendors, postgres_url: str, tmp_path: Path
) -> None:
    """Killed half-way, a backup leaves no file and a restore the rows of before.

    Restored after the kill, what was in flight is sent, and nothing is missing.
    """
    run(postgres_url, "migrate")
    vendors.behave("slack", status=503)
    gateway = make_gateway(database=postgres_url).start()
    for number in range(10):
        gateway.accept(alert(f"Slow{number}"))
    file = tmp_path / "backup.db"
    with psycopg.connect(postgres_url) as connection, connection.transaction():
        connection.execute("LOCK TABLE verifications IN ACCESS EXCLUSIVE MODE")
        killed = launch(postgres_url, "backup", str(file))
        kill_when(killed, "most tables are read", lambda: blocked(postgres_url, "verifications"))
    assert not file.exists()
    run(postgres_url, "backup", str(file))
    gateway.kill()
    wait_for("its connections are closed", lambda: connections(postgres_url) == 0)

    before = count(postgres_url, "notices")
    with psycopg.connect(postgres_url) as connection, connection.transaction():
        connection.execute("LOCK TABLE verifications IN SHARE MODE")
        killed = launch(postgres_url, "restore", str(file), "--force")
        kill_when(killed, "it replaces the rows", lambda: blocked(postgres_url, "TRUNCATE"))
    assert count(postgres_url, "notices") == before
    wait_for("its connections are closed", lambda: connections(postgres_url) == 0)
    run(postgres_url, "restore", str(file), "--force")

    vendors.recover("slack")
    gateway.start()
    wait_for("all is recorded", lambda: settled_on_postgres(postgres_url))
    assert missing(gateway) == []
    assert vendors.accepted("slack")


def connections(url: str) -> int:
    """Return how many connections of gateways and their commands are open."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'alert-gateway'"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def blocked(url: str, words: str) -> bool:
    """Return whether a statement with these words waits for a lock."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock' AND query LIKE %s"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query, (f"%{words}%",)).fetchone()
    return row is not None and row[0] > 0


def count(url: str, table: str) -> int:
    """Return the number of rows of a table."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])
