"""A server that cannot start says what is wrong, where, and which setting leads elsewhere."""

import fcntl
import socket
from pathlib import Path

import pytest

from tests.cli.console import SHIPPED
from tests.cli.process import run

pytestmark = pytest.mark.process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "routes.yaml").write_bytes(SHIPPED.read_bytes())
    return tmp_path


async def refused(folder: Path, **env: str) -> str:
    """The last line of a start that fails."""
    ended = await run("serve", folder=folder, **{"GATEWAY_LISTEN": "127.0.0.1:0", **env})
    assert (ended.status, ended.out) == (1, "")
    assert "Traceback" not in ended.err
    return ended.err.splitlines()[-1]


async def test_an_address_that_is_taken(folder: Path) -> None:
    """With the address, and the setting for another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = await refused(folder, GATEWAY_LISTEN=address)
    assert (
        said == f"not started: another program listens on {address}: stop it, or set GATEWAY_LISTEN"
    )


async def test_a_second_gateway_on_the_same_file_is_warned_of(folder: Path) -> None:
    """Each would take the other's alerts for gone: not supported, and said at the start."""
    (folder / "data").mkdir()
    words = "another gateway has this database open"
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        (folder / "data" / "gateway.db.lock").open("w") as lock,
    ):
        env = {"GATEWAY_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}"}
        alone = await run("serve", folder=folder, **env)
        fcntl.flock(lock, fcntl.LOCK_SH)
        beside = await run("serve", folder=folder, **env)
    assert words not in alone.err
    assert words in beside.err


async def test_a_port_alone_does_not_open_the_gateway_to_everybody(folder: Path) -> None:
    """Without a host it would listen on all addresses; :9095 says so on purpose."""
    said = await refused(folder, GATEWAY_LISTEN="9095")
    assert said == "not started: GATEWAY_LISTEN is '9095'; write host:port, like 127.0.0.1:9095"


async def test_listening_to_others_without_an_external_url_is_refused(folder: Path) -> None:
    """Links in messages would lead to 127.0.0.1: the start fails and says what to write."""
    said = await refused(folder, GATEWAY_LISTEN="0.0.0.0:0")
    assert said.startswith("not started: GATEWAY_LISTEN is beyond loopback (0.0.0.0) and")
    assert said.endswith("like GATEWAY_EXTERNAL_URL=https://alerts.example.com")


async def test_a_database_that_is_none_is_named(folder: Path) -> None:
    """The file that was looked at, for several settings may lead to one."""
    said = await refused(folder, GATEWAY_DATABASE_URL="sqlite:///routes.yaml")
    assert said == (
        "not started: the file is no SQLite database"
        " (database: routes.yaml, by GATEWAY_DATABASE_URL)"
    )


async def test_a_folder_that_is_none_is_named(folder: Path) -> None:
    """Data below a file: the path and the setting are said."""
    said = await refused(folder, GATEWAY_DATABASE_URL="sqlite:///routes.yaml/gateway.db")
    assert said == (
        "not started: routes.yaml: Not a directory"
        " (database: routes.yaml/gateway.db, by GATEWAY_DATABASE_URL)"
    )


async def test_empty_key_file_refuses_to_start(folder: Path) -> None:
    """Links signed with an empty key could be forged: the start stops and says what to do (E56)."""
    (folder / "data").mkdir()
    (folder / "data" / "secret.key").touch(mode=0o600)
    with socket.create_server(("127.0.0.1", 0)) as taken:  # a start that goes on would end there
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        error = await refused(folder, GATEWAY_LISTEN=address)
    assert error == (
        "not started: data/secret.key is empty, so anyone could make links. "
        "To make a new key, run: mv data/secret.key data/secret.key.old, and start again. "
        "Acknowledge links sent so far then stop working; nothing else is lost."
    )


async def test_short_key_in_the_environment_is_refused(folder: Path) -> None:
    """A key that can be guessed signs nothing; the message says how to make one (E56)."""
    error = await refused(folder, GATEWAY_SECRET_KEY="too-short")
    assert error.startswith("not started: GATEWAY_SECRET_KEY must have at least 16 characters")
    assert error.endswith("openssl rand -hex 32")


async def test_faults_of_the_file_are_counted_in_english(folder: Path) -> None:
    """One error, two errors."""
    (folder / "routes.yaml").write_text("route: {receiver: x}\n")
    assert await refused(folder) == "not started: 1 error"
