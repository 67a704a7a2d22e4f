"""`gateway doctor`: what it finds, what it advises, and its exit status."""

import json
import os
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.doctor import machine
from gateway.store import migrate
from tests.cli.console import NOW, gateway
from tests.cli.process import run
from tests.fakes import Behaviour, FakePostmark, FakeSlack

ROUTES = """\
channels:
  email: {{token: "${{POSTMARK_TOKEN}}", from: alerts@example.com, api_url: "{postmark}"}}
  slack: {{token: "${{SLACK_TOKEN}}", api_url: "{slack}"}}
receivers:
  - name: billing
    email: [{{to: billing-oncall@example.com}}]
    slack: [{{channel: "#billing-alerts"}}]
route: {{receiver: billing}}
"""
TOKENS = {"POSTMARK_TOKEN": "test-postmark-token", "SLACK_TOKEN": "test-slack-token"}

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return an SQLite database with the newest tables."""
    path = tmp_path / "data" / "gateway.db"
    migrate(f"sqlite:///{path}")
    return path


def findings(url: str, status: int, **env: str) -> dict[str, Any]:
    """Return what the command finds without asking anybody, by name."""
    result = gateway("doctor", "--offline", "--json", GATEWAY_DATABASE_URL=url, **env)
    assert result.exit_code == status, result.output + repr(result.exception)
    answer = json.loads(result.stdout)
    assert answer["good"] == (status == 0)
    return {one["name"]: one for one in answer["findings"]}


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_machine_in_order_has_nothing_wrong(database: Path) -> None:
    """Exit status 0, and each thing says how it is."""
    several = findings(f"sqlite:///{database}", 0)
    assert several["database"]["state"] == "good"
    assert several["database files"]["text"].endswith("mode 0600")
    assert several["time zones"]["state"] == "good"


def test_text_has_symbols_advice_and_a_count(database: Path) -> None:
    """A person reads what is wrong, and below it what to do."""
    execute(database, "UPDATE alembic_version SET version_num = 'moved'")
    result = gateway("doctor", "--offline", GATEWAY_DATABASE_URL=f"sqlite:///{database}")
    assert result.exit_code == 1
    assert "✗ database " in result.stdout
    assert "was moved to PostgreSQL" in result.stdout
    assert "→ a gateway does not start on it" in result.stdout
    assert "1 thing wrong" in result.stdout


def test_damaged_database_is_wrong(database: Path) -> None:
    """Its pages are read."""
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])
    assert findings(f"sqlite:///{database}", 1)["database"]["state"] == "bad"


def test_postgresql_without_tables_needs_migrate(postgres_url: str) -> None:
    """A gateway would not start; the advice is the command. The clocks agree."""
    several = findings(postgres_url, 1, GATEWAY_SECRET_KEY="test-key-that-signs-links")
    assert "gateway migrate" in several["database"]["advice"]
    migrate(postgres_url)
    several = findings(postgres_url, 0, GATEWAY_SECRET_KEY="test-key-that-signs-links")
    assert several["database"]["text"].startswith("postgresql 1")
    assert several["clock"]["state"] == "good"
    assert several["disk"]["state"] == "not checked"


def test_postgresql_without_a_key_is_wrong(migrated_postgres_url: str) -> None:
    """Replicas sign links with one key."""
    assert findings(migrated_postgres_url, 1)["secret key"]["state"] == "bad"


def test_unreachable_database_is_reported_without_its_password() -> None:
    """Promise 10: the error names the cause, and no credentials."""
    url = "postgresql://gateway:test-password@127.0.0.1:1/none"
    result = gateway("doctor", "--offline", GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "cannot be reached" in result.stdout
    assert "test-password" not in result.output


def test_clock_behind_the_database_is_a_warning(database: Path) -> None:
    """The gateway wrote at a later time than now: the clock was set back."""
    later = int((NOW + 3600) * 1000)
    execute(database, f"INSERT INTO meta VALUES ('alive_at', {later})")
    clock = findings(f"sqlite:///{database}", 0)["clock"]
    assert (clock["state"], "NTP" in clock["advice"]) == ("warning", True)


@pytest.mark.parametrize(("free", "state"), [(1e8, "bad"), (5e8, "warning"), (5e9, "good")])
def test_full_disk_is_wrong_before_it_is_full(
    free: float, state: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Less than 200 MB is wrong, less than 1 GB a warning."""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1e10, 1e10 - free, free))
    status = 1 if state == "bad" else 0
    assert findings(f"sqlite:///{database}", status)["disk"]["state"] == state


def test_files_that_others_can_read_are_named(database: Path) -> None:
    """The advice is the command."""
    os.chmod(database, 0o644)
    result = findings(f"sqlite:///{database}", 0)["database files"]
    assert (result["state"], result["advice"]) == ("warning", f"chmod 600 {database}*")


def test_lost_or_broken_key_is_named(database: Path) -> None:
    """A key that the gateway refuses is wrong, a missing one beside a database a warning."""
    assert findings(f"sqlite:///{database}", 0)["secret key"]["state"] == "warning"
    key = database.with_name("secret.key")
    key.touch(0o600)
    result = findings(f"sqlite:///{database}", 1)["secret key"]
    assert (result["state"], "is empty" in result["text"]) == ("bad", True)
    assert not database.with_name("other").exists()


def test_old_or_missing_zones_are_named() -> None:
    """Hand-overs follow the rules of zones, which change."""
    assert machine.check_zones(frozenset(["Nowhere/None"]), NOW).state == "bad"
    late = NOW + 10 * 366 * 86400
    assert machine.check_zones(frozenset(["Europe/Berlin"]), late).state == "warning"


def test_invalid_routes_are_wrong(database: Path, tmp_path: Path) -> None:
    """The rest is checked all the same."""
    routes = tmp_path / "routes.yaml"
    routes.write_text("route: 5\n")
    several = findings(f"sqlite:///{database}", 1, GATEWAY_CONFIG=str(routes))
    assert "gateway check" in several["routes.yaml"]["advice"]
    assert several["database"]["state"] == "good"


@pytest.mark.process
async def test_each_account_is_asked_and_no_token_is_printed(tmp_path: Path) -> None:
    """Valid tokens are good; a revoked one is wrong, with what to do. Nobody gets a message."""
    async with FakePostmark() as postmark, FakeSlack() as slack:
        routes = ROUTES.format(postmark=postmark.url, slack=f"{slack.url}/api/")
        (tmp_path / "routes.yaml").write_text(routes)
        ended = await run("doctor", folder=tmp_path, **TOKENS)
        assert ended.status == 0, ended.out + ended.err
        assert "valid: server Billing" in ended.out
        assert "valid: gateway at example" in ended.out
        slack.script(Behaviour(json={"ok": False, "error": "token_revoked"}))
        ended = await run("doctor", folder=tmp_path, **TOKENS)
        assert ended.status == 1
        assert "Slack says token_revoked" in ended.out
        assert "gateway send-test" in ended.out
        await postmark.stop()
        ended = await run("doctor", folder=tmp_path, **TOKENS)
        assert ended.status == 1
        assert postmark.mails == []
        for secret in TOKENS.values():
            assert secret not in ended.out + ended.err
