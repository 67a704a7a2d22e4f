"""routes.yaml and mounted secrets are regular files; nothing else is read, and nothing waits."""

import os
import socket
from pathlib import Path

import pytest

from gateway.config.load import ConfigError, load
from gateway.config.source.regular_file import MAX_BYTES, read_regular
from tests.config.texts import REST


def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """Opening a pipe would hold the process until somebody writes into it."""
    path = tmp_path / "routes.yaml"
    os.mkfifo(path)
    with pytest.raises(ConfigError) as refused:
        load(path, env={})
    (problem,) = refused.value.problems
    assert problem.message == ("the file cannot be read: it is a named pipe, not a regular file")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/"])
def test_a_device_or_folder_is_refused(path: str) -> None:
    """A device never ends, and a folder has no text."""
    with pytest.raises(ConfigError, match="not a regular file"):
        load(Path(path), env={})


def test_a_socket_is_refused(tmp_path: Path) -> None:
    """The error is the system's: a socket cannot be opened."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        with pytest.raises(ConfigError, match="cannot be read"):
            load(path, env={})


def test_a_secret_from_a_pipe_is_refused(tmp_path: Path) -> None:
    """`${file:PATH}` reads regular files only, too."""
    os.mkfifo(tmp_path / "token")
    path = tmp_path / "routes.yaml"
    path.write_text('sources: {alertmanager: {bearer: "${file:token}"}}' + REST)
    with pytest.raises(ConfigError, match="named pipe"):
        load(path, env={})


def test_a_link_to_a_regular_file_is_followed(tmp_path: Path) -> None:
    """Kubernetes mounts config maps and secrets as links."""
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "routes.yaml").write_text(REST)
    (tmp_path / "routes.yaml").symlink_to("..data/routes.yaml")
    assert load(tmp_path / "routes.yaml", env={}).plan.receivers


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A file of a terabyte costs no more than one that is just too large."""
    path = tmp_path / "routes.yaml"
    with path.open("wb") as file:
        file.truncate(1024**4)
    assert len(read_regular(path)) == MAX_BYTES
    with pytest.raises(ConfigError, match="larger than 2 MB"):
        load(path, env={})
