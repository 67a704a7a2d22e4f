"""Secrets in files: a folder with one file for each variable."""

import os
from pathlib import Path

import pytest

from gateway.settings import SettingError, read_settings, with_secret_files
from tests.mounted import MountedFolder


def test_a_file_is_the_variable_of_its_name(tmp_path: Path) -> None:
    """A mounted Secret sets the API token, without the mount's own links and the line end."""
    mounted = MountedFolder(tmp_path / "secrets", {"GATEWAY_API_TOKEN": "test-token\n"})
    env = with_secret_files({"GATEWAY_SECRETS_DIR": str(mounted.path), "PATH": "/bin"})
    assert env["PATH"] == "/bin"
    assert set(env) == {"GATEWAY_SECRETS_DIR", "PATH", "GATEWAY_API_TOKEN"}
    token = read_settings(env).api_token
    assert token is not None
    assert token.reveal() == "test-token"


def test_a_file_wins_over_a_variable(tmp_path: Path) -> None:
    """An image sets a default database; the mounted file replaces it."""
    (tmp_path / "GATEWAY_DATABASE_URL").write_text("postgresql://db.example.com/gateway")
    env = {"GATEWAY_SECRETS_DIR": str(tmp_path), "GATEWAY_DATABASE_URL": "sqlite:////data/x.db"}
    assert read_settings(with_secret_files(env)).sqlite_path is None


def test_a_rotated_secret_is_read_again(tmp_path: Path) -> None:
    """Each call reads the folder, so a reload gets a new token."""
    mounted = MountedFolder(tmp_path / "secrets", {"SLACK_TOKEN": "old"})
    env = {"GATEWAY_SECRETS_DIR": str(mounted.path)}
    assert with_secret_files(env)["SLACK_TOKEN"] == "old"
    mounted.update({"SLACK_TOKEN": "new"})
    assert with_secret_files(env)["SLACK_TOKEN"] == "new"


def test_an_unknown_setting_in_a_file_is_refused(tmp_path: Path) -> None:
    """A misspelt name of a file stops the start, like that of a variable."""
    (tmp_path / "GATEWAY_API_TOKN").write_text("test-token")
    with pytest.raises(SettingError, match="did you mean GATEWAY_API_TOKEN"):
        read_settings(with_secret_files({"GATEWAY_SECRETS_DIR": str(tmp_path)}))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe-secret-word", "is not UTF-8"), (b"secret-word" * 7000, "is larger than")],
)
def test_a_file_that_cannot_be_a_secret_is_named_without_its_content(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    """The error names the file and never shows what is in it."""
    (tmp_path / "SLACK_TOKEN").write_bytes(content)
    with pytest.raises(SettingError, match=reason) as refused:
        with_secret_files({"GATEWAY_SECRETS_DIR": str(tmp_path)})
    assert "SLACK_TOKEN" in str(refused.value)
    assert "secret-word" not in str(refused.value)


def test_a_pipe_is_refused_and_does_not_block(tmp_path: Path) -> None:
    """A named pipe without a writer would stop the start for ever."""
    os.mkfifo(tmp_path / "SLACK_TOKEN")
    with pytest.raises(SettingError, match="not a regular file"):
        with_secret_files({"GATEWAY_SECRETS_DIR": str(tmp_path)})


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A volume that is not mounted stops the start instead of leaving all secrets empty."""
    with pytest.raises(SettingError, match="/gone cannot be read: No such file"):
        with_secret_files({"GATEWAY_SECRETS_DIR": str(tmp_path / "gone")})


def test_without_the_setting_nothing_is_read() -> None:
    """The environment stays as it is."""
    env = {"PATH": "/bin"}
    assert with_secret_files(env) is env
