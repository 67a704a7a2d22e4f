"""The database fails under a running gateway and recovers: 503 meanwhile, nothing lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gateway.store import migrate
from tests.postgres import running_postgres
from tests.processes.conftest import MakeGateway
from tests.processes.database import settled
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.own_postgres import OwnPostgres
from tests.processes.payloads import alert
from tests.processes.routes import WEBHOOK
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """Yield a server that no other test uses."""
    with running_postgres() as url:
        server = OwnPostgres(url)
        yield server
        server.end()


def notified(vendors: Vendors) -> list[str]:
    """Return the alerts that the webhook accepted, in order."""
    return [line["json"]["groupLabels"]["alertname"] for line in vendors.accepted("webhook")]


def problems(gateway: Gateway) -> str:
    """Return the problems of /readyz."""
    _, output_text = gateway.get("/readyz")
    return "; ".join(output_text["problems"])


def refused(gateway: Gateway, note: str = "") -> None:
    """Check that an alert is answered 503 with Retry-After, and that /readyz names the store."""
    status, headers, body = gateway.post(alert("refused", note=note))
    assert status == 503, body
    assert int(headers["Retry-After"]) > 0
    wait_for("/readyz names the store", lambda: "store" in problems(gateway))
    assert gateway.get("/readyz")[0] == 503
    assert gateway.get("/healthz")[0] == 200, "the process itself is alive"


def recovered(gateway: Gateway, vendors: Vendors, accepted: list[str]) -> None:
    """Wait until alerts are accepted again, all are notified, and no problem is left."""
    wait_for("alerts are accepted", lambda: gateway.post(alert("afterwards"))[0] == 200)
    wait_for("all are notified", lambda: {*accepted, "afterwards"} <= set(notified(vendors)))
    wait_for("/readyz has no problems", lambda: problems(gateway) == "")
    assert gateway.get("/readyz")[0] == 200
    assert len(notified(vendors)) == len(set(notified(vendors))), "nothing is notified twice"


@contextmanager
def small_disk(where: Path, size: str) -> Iterator[Path]:
    """Yield a small file system that can be filled."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root to mount a small file system")
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", where], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", where], check=True)


def test_a_full_disk_is_answered_503_until_there_is_room(
    make_gateway: MakeGateway, vendors: Vendors, tmp_path: Path
) -> None:
    """Promise 1: with the disk full, what is answered 200 is stored; it recovers by itself."""
    with small_disk(tmp_path / "disk", "8m") as disk:
        database = f"sqlite:///{disk}/gateway.db"
        gateway = make_gateway(WEBHOOK, database=database).start()
        gateway.accept(alert("before"))
        wait_for("it is notified", lambda: notified(vendors) == ["before"])
        ballast = disk / "ballast"
        accepted = ["before"]
        with ballast.open("wb", buffering=0) as file:
            while fill(file):
                pass
        large = "x" * 20_000
        for number in range(200):
            status, _, _ = gateway.post(alert(f"full-{number}", note=large))
            if status != 200:
                break
            accepted.append(f"full-{number}")
        refused(gateway, large)
        ballast.unlink()
        recovered(gateway, vendors, accepted)
        gateway.kill()


def fill(file: Any) -> bool:
    """Write a little more; return False once the disk is full."""
    try:
        return bool(file.write(bytes(4096)))
    except OSError:
        return False


def test_a_moved_database_file_is_answered_503_until_it_is_back(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: without its database file nothing is accepted; it recovers by itself."""
    gateway = make_gateway(WEBHOOK).start()
    gateway.accept(alert("before"))
    wait_for("it is notified", lambda: notified(vendors) == ["before"])
    names = ["gateway.db", "gateway.db-wal", "gateway.db-shm"]
    aside = gateway.home / "aside"
    aside.mkdir()
    for name in names:
        if (gateway.home / name).exists():
            os.replace(gateway.home / name, aside / name)
    refused(gateway)
    for name in names:
        if (aside / name).exists():
            os.replace(aside / name, gateway.home / name)
    recovered(gateway, vendors, ["before"])


def test_a_deleted_write_ahead_log_loses_nothing(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: after the log is unlinked and the gateway killed, it still has every alert that it
    answered 200."""
    gateway = make_gateway(WEBHOOK).start()
    accepted = []
    for number in range(40):
        name = f"log-{number}"
        if number % 10 == 5:
            os.unlink(gateway.home / "gateway.db-wal")
            if number % 20 == 5:
                os.unlink(gateway.home / "gateway.db-shm")
        if gateway.post(alert(name))[0] == 200:
            accepted.append(name)
    assert len(accepted) >= 30
    wait_for("all are notified", lambda: set(accepted) <= set(notified(vendors)))
    wait_for("all is recorded", lambda: settled(gateway))
    os.unlink(gateway.home / "gateway.db-wal")
    saved = "gateway.store.db.sqlite_log"  # one line for each time
    wait_for("it notices by itself", lambda: gateway.log().count(saved) == 5)
    gateway.kill()
    gateway.start()
    _, answer = gateway.get("/api/v2/alerts")
    assert {one["labels"]["alertname"] for one in answer} >= set(accepted)
    recovered(gateway, vendors, accepted)


def test_cut_postgres_sessions_lose_nothing(
    make_gateway: MakeGateway, vendors: Vendors, migrated_postgres_url: str
) -> None:
    """Promise 1: PostgreSQL ends every session, again and again, under a stream of alerts."""
    gateway = make_gateway(WEBHOOK, database=migrated_postgres_url).start()
    accepted = []
    with psycopg.connect(migrated_postgres_url, autocommit=True) as admin:
        for number in range(60):
            if number % 10 == 5:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            if gateway.post(alert(f"cut-{number}"))[0] == 200:
                accepted.append(f"cut-{number}")
    assert len(accepted) > 40
    recovered(gateway, vendors, accepted)


def test_a_postgres_crash_loses_nothing(
    make_gateway: MakeGateway, vendors: Vendors, own_postgres: OwnPostgres
) -> None:
    """Promise 1: PostgreSQL crashes and is started again."""
    migrate(own_postgres.url)
    gateway = make_gateway(WEBHOOK, database=own_postgres.url).start()
    gateway.accept(alert("before"))
    wait_for("it is notified", lambda: notified(vendors) == ["before"])
    own_postgres.crash()
    refused(gateway)
    own_postgres.start()
    recovered(gateway, vendors, ["before"])
