"""Commands as real processes, with an environment of their own."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.processes.forked import Forked, gateway_without_warnings
from tests.processes.harness import PATIENCE

START = "from gateway.cli import main; main(prog_name='gateway')"


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended."""

    status: int
    out: str
    err: str


async def run(*arguments: str, folder: Path, **env: str) -> Ended:
    """Run `gateway ARGUMENTS` in `folder`; of the present environment only PATH is inherited."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", START, *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def run_forked(*arguments: str, folder: Path, **env: str) -> Ended:
    """Run `gateway ARGUMENTS` as `run` does, without importing its modules again."""
    out, err = (folder.parent / f"{folder.name}.{name}" for name in ("out", "err"))
    out.write_text("")
    err.write_text("")
    whole_env = {"PATH": os.environ["PATH"], **env}
    main = gateway_without_warnings
    process = Forked(main, arguments, folder=folder, env=whole_env, out=out, err=err)
    try:
        status = await asyncio.to_thread(process.wait, PATIENCE)
    finally:
        process.kill()
    return Ended(status, out.read_text(), err.read_text())
