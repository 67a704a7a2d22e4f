"""`gateway backup` and `gateway restore`: what they print, and their exit status."""

from pathlib import Path

from tests.cli.console import fine, fine_json, gateway
from tests.store.transfer.filled import contents, filled


def test_backup_is_restored_and_says_what_follows(tmp_path: Path) -> None:
    """The commands name what is in the file, what is not, and what to do about messages."""
    url = filled(f"sqlite:///{tmp_path}/gateway.db")
    file = tmp_path / "backup.db"
    text = fine("backup", str(file), GATEWAY_DATABASE_URL=url)
    assert "1 message is unfinished in it" in text
    assert "Not in it: secret.key, routes.yaml" in text
    target = f"sqlite:///{tmp_path}/new/gateway.db"
    text = fine("restore", str(file), GATEWAY_DATABASE_URL=target)
    assert "The backup is of 2026-11-20T04:00:00.000Z." in text
    assert "arrive a second time" in text
    assert contents(target) == contents(url)


def test_refusal_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """Exit status 1, and the database is unchanged."""
    url = filled(f"sqlite:///{tmp_path}/gateway.db")
    file = tmp_path / "backup.db"
    answer = fine_json("backup", str(file), GATEWAY_DATABASE_URL=url)
    assert answer["unfinished"] == 1
    result = gateway("restore", str(file), GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "add --force to replace it" in result.stderr
    answer = fine_json("restore", str(file), "--force", GATEWAY_DATABASE_URL=url)
    assert answer["replaced"] == f"{tmp_path}/gateway.db.before-restore"


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """The error names the path and the reason."""
    url = filled(f"sqlite:///{tmp_path}/gateway.db")
    result = gateway("backup", str(tmp_path / "none" / "a.db"), GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr


def test_unreachable_database_is_reported_without_its_password(tmp_path: Path) -> None:
    """Promise 10: the error names the cause, and no credentials."""
    url = "postgresql://gateway:test-password@127.0.0.1:1/none"
    result = gateway("backup", str(tmp_path / "a.db"), GATEWAY_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "cannot be reached" in result.stderr
    assert "test-password" not in result.output
