"""A start that fails: what is wrong, where, and which setting to change."""

import fcntl
import socket
from pathlib import Path

import pytest

from tests.cli.console import SHIPPED
from tests.cli.process import run_forked

pytestmark = pytest.mark.process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "routes.yaml").write_bytes(SHIPPED.read_bytes())
    return tmp_path


async def refused(folder: Path, **env: str) -> str:
    """The last line of a start that fails."""
    ended = await run_forked("serve", folder=folder, **{"GATEWAY_LISTEN": "127.0.0.1:0", **env})
    assert (ended.status, ended.out) == (1, "")
    assert "Traceback" not in ended.err
    return ended.err.splitlines()[-1]


async def test_address_in_use_is_named_with_the_setting(folder: Path) -> None:
    """The error has the address and the setting to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        text = await refused(folder, GATEWAY_LISTEN=address)
    assert (
        text == f"not started: another program listens on {address}: stop it, or set GATEWAY_LISTEN"
    )


async def test_second_gateway_on_the_same_file_is_warned(folder: Path) -> None:
    """Each would resolve the other's alerts: not supported, and a warning at the start."""
    (folder / "data").mkdir()
    words = "another gateway has this database open"
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        (folder / "data" / "gateway.db.lock").open("w") as lock,
    ):
        env = {"GATEWAY_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}"}
        alone = await run_forked("serve", folder=folder, **env)
        fcntl.flock(lock, fcntl.LOCK_SH)
        beside = await run_forked("serve", folder=folder, **env)
    assert words not in alone.err
    assert words in beside.err


async def test_port_alone_is_refused(folder: Path) -> None:
    """Without a host it would listen on all addresses; :9095 does so on purpose."""
    text = await refused(folder, GATEWAY_LISTEN="9095")
    assert text == "not started: GATEWAY_LISTEN is '9095'; write host:port, like 127.0.0.1:9095"


async def test_listening_beyond_loopback_without_an_external_url_is_refused(folder: Path) -> None:
    """Links in messages would lead to 127.0.0.1: the start fails and says what to write."""
    text = await refused(folder, GATEWAY_LISTEN="0.0.0.0:0")
    assert text.startswith("not started: GATEWAY_LISTEN is beyond loopback (0.0.0.0) and")
    assert text.endswith("like GATEWAY_EXTERNAL_URL=https://alerts.example.com")


async def test_file_that_is_not_a_database_is_named(folder: Path) -> None:
    """The error has the path, because several settings may lead to one."""
    text = await refused(folder, GATEWAY_DATABASE_URL="sqlite:///routes.yaml")
    assert text == (
        "not started: the file is no SQLite database"
        " (database: routes.yaml, by GATEWAY_DATABASE_URL)"
    )


async def test_path_below_a_file_is_named(folder: Path) -> None:
    """The error has the path and the setting."""
    text = await refused(folder, GATEWAY_DATABASE_URL="sqlite:///routes.yaml/gateway.db")
    assert text == (
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


async def test_errors_are_counted_in_singular_and_plural(folder: Path) -> None:
    """One error, two errors."""
    (folder / "routes.yaml").write_text("route: {receiver: x}\n")
    assert await refused(folder) == "not started: 1 error"
