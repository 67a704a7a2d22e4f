"""`gateway migrate`: the versions that it prints, and --check, which changes nothing."""

import json
import sqlite3
from pathlib import Path

from gateway.store.schema.version import head_revision
from tests.cli.console import fine, fine_json, gateway


def test_empty_database_is_upgraded_to_the_newest_version(tmp_path: Path) -> None:
    """Checked first, then upgraded, then nothing to do."""
    file = tmp_path / "gateway.db"
    url = f"sqlite:///{file}"
    checked = gateway("migrate", "--check", GATEWAY_DATABASE_URL=url)
    assert checked.exit_code == 1
    assert f"sqlite {file}: empty → {head_revision()}" in checked.stdout
    assert not file.exists()
    assert f"empty → {head_revision()}" in fine("migrate", GATEWAY_DATABASE_URL=url)
    assert file.exists()
    assert "nothing to do" in fine("migrate", "--check", GATEWAY_DATABASE_URL=url)
    answer = fine_json("migrate", GATEWAY_DATABASE_URL=url)
    assert (answer["due"], answer["done"]) == (False, False)


def test_newer_database_is_refused(tmp_path: Path) -> None:
    """An old program must not write to tables of a newer one."""
    file = tmp_path / "gateway.db"
    url = f"sqlite:///{file}"
    fine("migrate", GATEWAY_DATABASE_URL=url)
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    result = gateway("migrate", GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "newer than this program" in result.stderr


def test_postgresql_is_upgraded_by_its_url(postgres_url: str) -> None:
    """The URL with its password is not printed."""
    text = json.loads(gateway("migrate", "--json", GATEWAY_DATABASE_URL=postgres_url).stdout)
    assert text == {
        "database": "postgresql",
        "from": None,
        "to": head_revision(),
        "due": True,
        "done": True,
    }


def test_unreachable_database_is_reported_without_its_password() -> None:
    """Promise 10: the error names the cause, and no credentials."""
    url = "postgresql://gateway:test-password@127.0.0.1:1/none"
    result = gateway("migrate", GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "the database cannot be migrated" in result.stderr
    assert "test-password" not in result.output
