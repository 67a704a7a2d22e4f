"""Commands as real processes: exit status, imports, and colours on terminals only."""

import asyncio
import os
import pty
import sys
from pathlib import Path

import pytest

from tests.cli.console import SHIPPED
from tests.cli.process import START, run

pytestmark = pytest.mark.process

HEAVY = ("aiohttp", "sqlalchemy", "slack_sdk", "pdpyras", "postmarker", "pydantic", "rich")
QUICK = {
    "check": (*HEAVY, "asyncio"),
    "route severity=critical --file": (*HEAVY, "asyncio", "importlib.metadata"),
}


async def test_check_and_route_need_no_options(tmp_path: Path) -> None:
    """In a folder with a routes.yaml: no options, no settings."""
    (tmp_path / "routes.yaml").write_bytes(SHIPPED.read_bytes())
    checked = await run("check", folder=tmp_path)
    assert (checked.status, checked.err) == (0, "")
    assert "routes.yaml: no errors" in checked.out
    routed = await run("route", "team=billing", "severity=critical", "--file", folder=tmp_path)
    assert (routed.status, routed.err) == (0, "")
    assert "receiver billing-critical   (routes.yaml:" in routed.out
    (tmp_path / "routes.yaml").write_text("route: {reciever: x}\n")
    assert (await run("check", folder=tmp_path)).status == 1
    assert (await run("route", "a=b", folder=tmp_path)).status == 1
    assert (await run("route", folder=tmp_path)).status == 2


@pytest.mark.parametrize("command", QUICK)
async def test_quick_commands_import_nothing_heavy(command: str) -> None:
    """`check` and `route` start quickly because they import no server, database or SDK."""
    program = (
        "import sys\n"
        "from gateway.cli import main\n"
        f"try:\n    main({command.split()!r})\nexcept SystemExit:\n    pass\n"
        f"print(*(name for name in {QUICK[command]!r} if name in sys.modules), file=sys.stderr)\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        cwd=SHIPPED.parent,
        env={"PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert err.decode().strip() == ""


@pytest.mark.parametrize(("env", "colours"), [({}, True), ({"NO_COLOR": "1"}, False)])
@pytest.mark.parametrize("command", ["check", "oncall", "route severity=critical"])
async def test_colours_appear_on_terminals_only(
    command: str, env: dict[str, str], colours: bool
) -> None:
    """NO_COLOR turns them off, too (no-color.org)."""
    text = await on_a_terminal(command.split(), env)
    assert "\x1b[" in text if colours else "\x1b[" not in text
    assert "billing" in text


async def on_a_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """What a command prints on a terminal of its own."""
    ours, theirs = pty.openpty()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", START, *arguments),
            cwd=SHIPPED.parent,
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLUMNS": "200", **env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        text = await asyncio.to_thread(read_all, ours)
        assert await process.wait() == 0
    finally:
        os.close(ours)
    return text


def read_all(descriptor: int) -> str:
    """Everything until the other side closes, which Linux reports as an input error."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()
