"""`gateway migrate` says from where to where, and changes nothing with --check."""

import json
import sqlite3
from pathlib import Path

from gateway.store.schema.version import head_revision
from tests.cli.console import fine, fine_json, gateway


def test_an_empty_database_is_brought_to_the_newest_version(tmp_path: Path) -> None:
    """Checked first, then done, then nothing more to do."""
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


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """An old program must not touch what a newer one wrote."""
    file = tmp_path / "gateway.db"
    url = f"sqlite:///{file}"
    fine("migrate", GATEWAY_DATABASE_URL=url)
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    result = gateway("migrate", GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "newer than this program" in result.stderr


def test_postgresql_is_migrated_by_its_url(postgres_url: str) -> None:
    """The same on a real PostgreSQL; the URL with its password is not printed."""
    said = json.loads(gateway("migrate", "--json", GATEWAY_DATABASE_URL=postgres_url).stdout)
    assert said == {
        "database": "postgresql",
        "from": None,
        "to": head_revision(),
        "due": True,
        "done": True,
    }


def test_an_unreachable_database_is_told_without_its_password() -> None:
    """Promise 10: the error names the trouble, not the credentials."""
    url = "postgresql://gateway:test-password@127.0.0.1:1/none"
    result = gateway("migrate", GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "the database cannot be migrated" in result.stderr
    assert "test-password" not in result.output
