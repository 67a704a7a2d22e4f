"""Two releases side by side on one PostgreSQL while replicas are replaced one by one."""

from collections import Counter

import psycopg
import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.forked import gateway_main
from tests.processes.gateway import Gateway
from tests.processes.harness import ForkedProcess, wait_for
from tests.processes.payloads import alert
from tests.processes.test_replicas import settled
from tests.processes.test_transfers import count, missing
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

NEXT = "9999"


def next_release(arguments: list[str]) -> None:
    """Run `gateway ARGUMENTS` as a release whose tables are those of `upgrade`."""
    from gateway.store.schema import version

    version.HEAD = NEXT
    gateway_main(arguments)


def upgrade(url: str) -> None:
    """Do what the next release's `gateway migrate` would: a column more, and a new version."""
    from gateway.store.schema.version import HEAD

    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE incidents ADD COLUMN cause text")
        connection.execute("UPDATE alembic_version SET version_num = %s", (NEXT,))
        comment = f"COMMENT ON TABLE alembic_version IS '{NEXT} is compatible from {HEAD}'"
        connection.execute(comment.encode())


def disconnect(url: str) -> None:
    """Close all connections of gateways, as a restart of PostgreSQL does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'alert-gateway'"
        )


def start_next(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a replica of the next release."""
    with monkeypatch.context() as patch:
        patch.setattr("tests.processes.gateway.gateway_main", next_release)
        gateway.start()
    assert isinstance(gateway.process, ForkedProcess)


def test_two_releases_share_a_database_during_a_roll_out(
    make_gateway: MakeGateway,
    vendors: Vendors,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each message is sent once, the older one survives a reconnect, and nothing is missing."""
    from gateway.store import migrate

    migrate(postgres_url)
    old = make_gateway(database=postgres_url, name="old").start()
    old.accept(alert("Before"))
    upgrade(postgres_url)
    new = make_gateway(database=postgres_url, name="new")
    start_next(new, monkeypatch)
    for number in range(10):
        (old, new)[number % 2].accept(alert(f"Both{number}"))
    disconnect(postgres_url)
    # Alertmanager posts again after a 503, too.
    wait_for("the old one takes alerts", lambda: old.post(alert("Reconnected"))[0] == 200)
    wait_for("all is recorded", lambda: settled(postgres_url))
    old.kill()
    # Its connections were cut as well: it may answer 503 once more.
    wait_for("the new one takes alerts", lambda: new.post(alert("After"))[0] == 200)
    wait_for("all is recorded", lambda: settled(postgres_url))
    wait_for("all incidents", lambda: count(postgres_url, "incidents") == 13)
    wait_for("all is recorded", lambda: settled(postgres_url))
    assert missing(new) == []
    with psycopg.connect(postgres_url) as connection:
        sent = connection.execute(
            "SELECT incident, target_key, kind FROM notices WHERE state = 'sent'"
        ).fetchall()
    assert max(Counter(sent).values()) == 1
